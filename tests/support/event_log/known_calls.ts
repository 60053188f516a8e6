/**
 * Runs a program that makes known calls (tests/host/event_log/*.c) under the event log, and holds what
 * it tells of itself against what was logged.
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { readLogCounters } from "../../../src/probe/event_log/counters.ts";
import { LOG_TYPE } from "../../../src/probe/event_log/layout.gen.ts";
import { loadEventLog } from "../../../src/probe/event_log/load.ts";
import { textOfBytes } from "../../../src/probe/event_log/text.ts";
import "../libraries.ts";
import { type Logged, LoggedReader } from "./logged.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const SOURCES = `${ROOT}tests/host/event_log`;
const RING_BYTES = 1 << 22;

/** What a program expects to be logged: see workload.h. */
export interface Expected {
  tid: number;
  type: string;
  call: string;
  result: string;
  args: string[];
  [more: string]: string | number | boolean | string[];
}

/** What came of a run. */
export interface KnownRun {
  expected: Expected[];
  events: Logged[];
  pid: number;
  /** Exit code: 77 where what it needs is not here. */
  code: number;
}

/** The two objects that there are, for `runKnown`, and what the name of a test has of them. */
export const OBJECTS: readonly (readonly [string, boolean])[] = [["", false], [
  " (object for old kernels)",
  true,
]];

/** Names of event types to their values. */
export function typesOf(...names: (keyof typeof LOG_TYPE)[]): Set<number> {
  return new Set(names.map((name) => LOG_TYPE[name]));
}

/** Compiles a program, again when it has changed. */
function compile(name: string): string {
  const hash = createHash("sha256");
  const headers = [...Deno.readDirSync(SOURCES)].map((entry) => entry.name)
    .filter((file) => file.endsWith(".h")).sort();
  for (const file of [`${name}.c`, ...headers]) {
    hash.update(Deno.readFileSync(`${SOURCES}/${file}`));
  }
  const path = `${ROOT}.cache/event_log/${name}.${hash.digest("hex").slice(0, 16)}`;
  try {
    Deno.statSync(path);
  } catch {
    Deno.mkdirSync(`${ROOT}.cache/event_log`, { recursive: true });
    const temporary = `${path}.${crypto.randomUUID()}`;
    const args = ["-O1", "-Wall", "-Wno-unused-function", "-o", temporary, `${SOURCES}/${name}.c`];
    const { success, stderr } = new Deno.Command("gcc", { args: [...args, "-lpthread"] })
      .outputSync();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    Deno.renameSync(temporary, path);
  }
  return path;
}

/**
 * Runs `name` with a directory of its own; only it and its children are logged.
 * @param old_kernel with the object for kernels before 6.2
 */
export async function runKnown(
  name: string,
  types: ReadonlySet<number>,
  old_kernel = false,
): Promise<KnownRun> {
  const program = compile(name);
  const directory = Deno.makeTempDirSync({ prefix: "aod-known-" });
  const child = new Deno.Command(program, {
    args: [directory],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const probe = loadEventLog({
    types,
    filters: { pids: [child.pid], follow_children: true },
    ring_bytes: RING_BYTES,
    leave_out_self: false,
    old_kernel,
  });
  const reader = new LoggedReader(probe.handles.maps.log_events, probe.handles.ring_bytes);
  try {
    const writer = child.stdin.getWriter();
    await writer.write(new Uint8Array([10]));
    await writer.close();
    const { code, stdout, stderr } = await child.output();
    if (code !== 0 && code !== 77) throw new Error(`${name}: ${new TextDecoder().decode(stderr)}`);
    reader.take();
    const counters = readLogCounters(probe.handles);
    assert.equal(counters.drop_ring_full.total + counters.drop_scratch.total, 0n);
    assert.equal(counters.emitted.total, BigInt(reader.events.length), "emitted");
    assert.equal(reader.gaps, 0);
    const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
    const expected = lines.map((line) => JSON.parse(line) as Expected);
    return { expected, events: reader.events, pid: child.pid, code };
  } finally {
    reader.close();
    probe.close();
    Deno.removeSync(directory, { recursive: true });
  }
}

const ITEMS = ["name", "name2", "address", "argv"];
const PATHS = ["dir", "dir2", "path"] as const;

function textOfHex(hex: string): string {
  const bytes = hex.match(/../g)?.map((byte) => parseInt(byte, 16)) ?? [];
  return textOfBytes(new Uint8Array(bytes));
}

/** What of an event an expectation speaks of, in its own words. */
function inWordsOf(expected: Expected, event: Logged): Expected {
  const words: Expected = {
    tid: expected.tid,
    type: event.type,
    call: event.call,
    result: String(event.result),
    args: event.args.slice(0, expected.args.length).map(String),
  };
  for (const [name, value] of Object.entries(expected)) {
    if (name in words || value === undefined) continue;
    if (name === "op") words.op = String(event.number);
    else if (name === "inode" || name === "mode") words[name] = String(event[name]);
    else if (PATHS.includes(name as "dir")) {
      words[name] = event[name as "dir"] === textOfHex(String(value))
        ? value
        : event[name as "dir"];
    } else if (!ITEMS.includes(name)) words[name] = event.flags.has(name);
  }
  for (const item of ITEMS) {
    // A name or address that is logged must be told of; arguments and names of execs may be left out.
    if (item in expected || (item === "address" && item in event.items)) {
      words[item] = event.items[item] ?? "(none)";
    }
  }
  return words;
}

/**
 * Every expected event was logged, with every field told of it, in the order of its thread; what else
 * was logged is of the types in `noise`.
 */
export function assertKnown(run: KnownRun, noise: ReadonlySet<string> = new Set()): void {
  const tids = new Set(run.expected.map(({ tid }) => tid));
  for (const tid of tids) {
    const expected = run.expected.filter((one) => one.tid === tid);
    // 0: a thread whose number the program does not know
    const events = run.events.filter((one) => tid === 0 ? !tids.has(one.tid) : one.tid === tid);
    let next = 0;
    for (const event of events) {
      const wanted = expected[next];
      if (wanted === undefined) {
        assert.ok(noise.has(event.type), `not expected: ${inspect(event)}`);
        continue;
      }
      const found = inWordsOf(wanted, event);
      if (!noise.has(event.type)) assert.deepEqual(found, wanted);
      else if (!equal(found, wanted)) continue;
      next++;
    }
    assert.deepEqual(expected.slice(next), [], `not logged, thread ${tid}`);
  }
}

function equal(a: Expected, b: Expected): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
