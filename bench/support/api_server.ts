/**
 * The API in a process of its own, as the benchmark asks it. Prints its port; ends when its input does.
 * @module
 */
import { startFedApi } from "./api_data.ts";

const api = await startFedApi(Deno.args[0], true);
console.log(api.server.port);
for await (const _ of Deno.stdin.readable) {
  // Nothing is said; the end is what counts.
}
const { faults } = api.server.statistics;
await api.close();
console.log(JSON.stringify({ faults, rss_bytes: Deno.memoryUsage().rss }));
