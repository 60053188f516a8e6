/**
 * The API over so many series of 1000 points, to which a sample is added every second.
 * @module
 */
import { API_LIMITS } from "../../src/api/limits.ts";
import { type ApiServer, startApi } from "../../src/api/server.ts";
import { BEGIN_SEC, TestData } from "../../tests/support/api/data.ts";

const KEYS = 150;
const POINTS = 1000;

/** Starts it. @param unlimited as many requests as a client likes; else the limit that is shipped */
export async function startFedApi(
  token: string,
  unlimited: boolean,
): Promise<{ server: ApiServer; close(): Promise<void> }> {
  const data = new TestData();
  let now = 0;
  const addSample = () => {
    const values: Record<string, number> = {};
    for (let key = 0; key < KEYS; key++) {
      values[`disk.sd${key}.read_bytes_delta`] = Math.sin(now * (key + 1)) * 1e6;
    }
    data.sample(BEGIN_SEC + now++, values);
  };
  for (let i = 0; i < POINTS; i++) addSample();
  const limits = unlimited
    ? { ...API_LIMITS, requests_per_sec: 1e9, request_burst: 1e9 }
    : API_LIMITS;
  const onFault = (text: string) => console.error(text);
  const server = await startApi({ host: "127.0.0.1", port: 0, token, limits, onFault }, data);
  const timer = setInterval(addSample, 1000);
  return {
    server,
    async close() {
      clearInterval(timer);
      await server.close();
    },
  };
}
