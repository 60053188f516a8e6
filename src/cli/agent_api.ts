/**
 * Asking the running agent's API over its unix socket, where no token is needed: who may open the
 * socket may ask.
 * @module
 */
import { request } from "node:http";
import type { PlatformStatus } from "../service/platform/status.ts";
import { ask, NotRootError, NotRunningError } from "../service/socket/client.ts";
import type { AgentStatus } from "../service/status.ts";
import { EXIT, ExitError } from "./exit.ts";

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 16 << 20;

/**
 * The status of the running agent; null where none runs.
 * @throws {ExitError} 4 when only root may ask
 */
export async function runningAgent(runDir: string | undefined): Promise<AgentStatus | null> {
  try {
    const response = await ask("status", runDir);
    return response.ok ? response.result as AgentStatus : null;
  } catch (error) {
    if (error instanceof NotRunningError) return null;
    if (error instanceof NotRootError) throw new ExitError(EXIT.notRoot, error.message);
    throw error;
  }
}

/** The platform of the running agent; null where none runs, or it has none. */
export async function runningPlatform(runDir: string | undefined): Promise<PlatformStatus | null> {
  const platform = (await runningAgent(runDir))?.platform ?? null;
  return platform === null || platform.state === "off" ? null : platform;
}

/**
 * GET of a path, as JSON.
 * @throws Error "Cannot ask ...: because ..."
 */
export function getJson(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const failed = (reason: string) => reject(new Error(`Cannot ask ${path}: because ${reason}`));
    const sent = request({ socketPath, path, headers: { host: "localhost" } }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        if (text.length > MAX_BYTES) response.destroy(new Error("the answer is too long"));
      });
      response.on("error", (error: Error) => failed(error.message));
      response.on("end", () => {
        if (response.statusCode !== 200) return failed(`it answers ${response.statusCode}`);
        try {
          resolve(JSON.parse(text));
        } catch {
          failed("the answer is no JSON");
        }
      });
    });
    sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
    sent.on("error", (error: Error) => failed(error.message));
    sent.end();
  });
}
