/**
 * Checks what an `origin` file says about itself: it is input from outside.
 * @module
 */
import * as z from "zod";
import type { SnapshotEvent } from "../probe/event_log/snapshot_event.ts";
import { layoutDifferences } from "../probe/layout.ts";
import { ORIGIN_LAYOUT, type OriginHeader, type OriginLayout } from "./origin_format.ts";

/** No machine has more. */
const CPU_LIMIT = 8192;

const number = z.number().int().nonnegative();
const text = z.string().max(4096);
const HEADER = z.object({
  version: z.literal(1),
  program: text,
  machine: text,
  kernel: text,
  boot_id: text,
  offset_ns: z.string().regex(/^-?\d{1,19}$/),
  cpus: number.min(1).max(CPU_LIMIT),
  page_bytes: number,
  begun: text,
  layout: z.object({
    structs: z.record(
      z.string(),
      z.object({ bytes: number, fields: z.record(z.string(), z.tuple([number, number])) }),
    ),
    enums: z.record(z.string(), z.record(z.string(), z.number().int())),
  }),
});

const digits = z.string().regex(/^\d{1,20}$/).transform(BigInt);
const SNAPSHOT: z.ZodType<SnapshotEvent> = z.object({
  time_ns: digits,
  started_ns: digits,
  pid: number,
  parent_pid: number,
  uid: number,
  cgroup_id: digits.nullable(),
  threads: number,
  comm: z.string(),
  exe: z.string().nullable(),
  argv: z.array(z.string()).nullable(),
  argv_cut: z.boolean(),
  cwd: z.string().nullable(),
  root: z.string().nullable(),
});

/**
 * The header of a JSON text.
 * @throws Error, a sentence's end, where it is none or where its records are not this program's
 */
export function headerOf(json: string): OriginHeader {
  const version = z.object({ version: z.number() }).safeParse(parsed(json));
  if (!version.success) throw new Error("its header names no version");
  if (version.data.version !== 1) {
    throw new Error(`it is of version ${version.data.version}, and this program reads version 1`);
  }
  const header = HEADER.safeParse(parsed(json));
  if (!header.success) {
    const { path, message } = header.error.issues[0];
    throw new Error(`its header is wrong at ${path.join(".")}: ${message}`);
  }
  const differences = differencesOf(header.data.layout);
  if (differences.length === 0) return header.data;
  const more = differences.length > 3 ? ` (and ${differences.length - 3} more)` : "";
  throw new Error(
    `${header.data.program} wrote it with other records than this program's: ` +
      `${differences.slice(0, 3).join("; ")}${more}`,
  );
}

/** A snapshot of a JSON text; null where it is none. */
export function snapshotOf(json: string): SnapshotEvent | null {
  return SNAPSHOT.safeParse(parsed(json)).data ?? null;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** What keeps this program from reading; a name that only one side knows is no hindrance. */
function differencesOf({ structs, enums }: OriginLayout): string[] {
  const common: OriginLayout = { structs, enums: {} };
  const own: OriginLayout = { structs: ORIGIN_LAYOUT.structs, enums: {} };
  for (const [name, values] of Object.entries(ORIGIN_LAYOUT.enums)) {
    const both = Object.keys(values).filter((key) => Object.hasOwn(enums[name] ?? {}, key));
    own.enums[name] = Object.fromEntries(both.map((key) => [key, values[key]]));
    common.enums[name] = Object.fromEntries(both.map((key) => [key, enums[name][key]]));
  }
  return layoutDifferences(own, common);
}
