/**
 * The API in a process of its own, as the benchmark asks it: with so many series of 1000 points, to
 * which a sample is added every second. Prints its port; ends when its input does.
 * @module
 */
import { API_LIMITS } from "../../src/api/limits.ts";
import { startApi } from "../../src/api/server.ts";
import { BEGIN_SEC, TestData } from "../../tests/support/api/data.ts";

const KEYS = 150;
const POINTS = 1000;

const data = new TestData();
let now = 0;

function addSample(): void {
  const values: Record<string, number> = {};
  for (let key = 0; key < KEYS; key++) {
    values[`disk.sd${key}.read_bytes_delta`] = Math.sin(now * (key + 1)) * 1e6;
  }
  data.sample(BEGIN_SEC + now++, values);
}

for (let i = 0; i < POINTS; i++) addSample();
const limits = { ...API_LIMITS, requests_per_sec: 1e9, request_burst: 1e9 };
const token = Deno.args[0];
const onFault = (text: string) => console.error(text);
const server = await startApi({ host: "127.0.0.1", port: 0, token, limits, onFault }, data);
const timer = setInterval(addSample, 1000);
console.log(server.port);
for await (const _ of Deno.stdin.readable) {
  // Nothing is said; the end is what counts.
}
clearInterval(timer);
const { faults } = server.statistics;
await server.close();
console.log(JSON.stringify({ faults, rss_bytes: Deno.memoryUsage().rss }));
