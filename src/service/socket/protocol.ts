/**
 * The control socket's protocol: the client sends one JSON object and a line feed, the agent answers
 * with one and closes. Both sides check what they read.
 * @module
 */
import * as z from "zod";

/** Longest request line in bytes. */
export const MAX_REQUEST_BYTES = 4096;
/** Longest answer in bytes that a client takes. */
export const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;

const requestShape = z.strictObject({
  command: z.enum(["status", "snapshot", "reload"] satisfies ControlCommand[]),
});

/** What can be asked of the running agent. */
export type ControlCommand = "status" | "snapshot" | "reload";

/** The answer to a request. */
export type ControlResponse =
  | { ok: true; result: unknown }
  /** `details`: further lines, such as every fault of a configuration. */
  | { ok: false; error: string; details: string[] };

const responseShape = z.union([
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.string(), details: z.array(z.string()) }),
]);

/**
 * Reads a request line.
 * @throws {Error} that says what is wrong with it
 */
export function parseRequest(line: string): ControlCommand {
  const parsed = requestShape.safeParse(parseJson(line, "request"));
  if (!parsed.success) {
    throw new Error('Cannot do that: because a request is {"command":"status|snapshot|reload"}');
  }
  return parsed.data.command;
}

/**
 * Reads an answer line.
 * @throws {Error} when it is not one
 */
export function parseResponse(line: string): ControlResponse {
  const parsed = responseShape.safeParse(parseJson(line, "answer"));
  if (!parsed.success) throw new Error("Cannot read the answer: because it has another form");
  return parsed.data as ControlResponse;
}

/** One object as a line; a bigint becomes a decimal string. */
export function encodeLine(value: unknown): string {
  return JSON.stringify(value, (_key, v) => typeof v === "bigint" ? v.toString() : v) + "\n";
}

function parseJson(line: string, what: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`Cannot read the ${what}: because it is not one line of JSON`);
  }
}
