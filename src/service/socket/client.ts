/**
 * Asks the running agent over its control socket.
 * @module
 */
import { runPaths } from "../../os/paths.ts";
import {
  type ControlCommand,
  type ControlResponse,
  encodeLine,
  MAX_RESPONSE_BYTES,
  parseResponse,
} from "./protocol.ts";

/** No agent answers on the socket; the message is one clear line. */
export class NotRunningError extends Error {
  /** For messages. */
  override readonly name = "NotRunningError";
}

/** The socket is there, but not for this user; the message is one clear line. */
export class NotRootError extends Error {
  /** For messages. */
  override readonly name = "NotRootError";
}

/**
 * Sends one command and reads its answer.
 * @param runDir directory of the socket
 * @param timeout_ms how long to wait for the answer
 * @throws {NotRunningError} when nobody listens
 * @throws {NotRootError} when only another user may ask
 * @throws {Error} when the answer does not come in time or is no answer
 */
export async function ask(
  command: ControlCommand,
  runDir?: string,
  timeout_ms = 10_000,
): Promise<ControlResponse> {
  const { socket } = runPaths(runDir);
  const connection = await connect(socket);
  const timer = setTimeout(() => connection.close(), timeout_ms);
  try {
    await connection.write(new TextEncoder().encode(encodeLine({ command })));
    return parseResponse(await readLine(connection));
  } catch (error) {
    if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) {
      throw new Error(`Cannot ask aod: because it gave no answer within ${timeout_ms} ms`);
    }
    throw error;
  } finally {
    clearTimeout(timer);
    try {
      connection.close();
    } catch {
      // The timer has closed it.
    }
  }
}

async function connect(path: string): Promise<Deno.Conn> {
  try {
    return await Deno.connect({ transport: "unix", path });
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new NotRootError(`Cannot ask aod: because ${path} is for root (use sudo)`);
    }
    throw new NotRunningError(
      `Cannot ask aod: because it is not running (nothing listens on ${path})`,
    );
  }
}

async function readLine(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(65_536);
  let text = "";
  for (;;) {
    const n = await connection.read(chunk);
    if (n === null) break;
    text += decoder.decode(chunk.subarray(0, n), { stream: true });
    if (text.endsWith("\n")) return text.slice(0, -1);
    if (text.length > MAX_RESPONSE_BYTES) throw new Error("Cannot read the answer: it is too long");
  }
  throw new Error("Cannot ask aod: because it closed the connection without an answer");
}
