/**
 * NTSTATUS values by name, with the errno that cifs makes of each.
 * @module
 */
import { errnoByName } from "./errno.ts";
import { NTSTATUS_EIO_ERROR } from "./ntstatus/eio_error.ts";
import { NTSTATUS_EIO_FACILITY } from "./ntstatus/eio_facility.ts";
import { NTSTATUS_EIO_FACILITY_HIGH } from "./ntstatus/eio_facility_high.ts";
import { NTSTATUS_EIO_SUCCESS } from "./ntstatus/eio_success.ts";
import { NTSTATUS_MAPPED } from "./ntstatus/mapped.ts";

interface Tables {
  nameOf: Map<number, string>;
  valueOf: Map<string, number>;
  errnoOf: Map<number, number>;
}

/** 1,743 entries: read at the first use, so that commands without a status name do not pay. */
let tables: Tables | undefined;

function load(): Tables {
  if (tables !== undefined) return tables;
  const nameOf = new Map<number, string>();
  const valueOf = new Map<string, number>();
  const errnoOf = new Map<number, number>();
  let errno = 0;
  const text = NTSTATUS_MAPPED + NTSTATUS_EIO_SUCCESS + NTSTATUS_EIO_ERROR +
    NTSTATUS_EIO_FACILITY + NTSTATUS_EIO_FACILITY_HIGH;
  for (const [, group, hex, word] of text.matchAll(/^(-|\w+):|([0-9a-f]+) (=?\w+),/gm)) {
    if (group !== undefined) {
      errno = group === "-" ? 0 : errnoByName(group) ?? 0;
      continue;
    }
    const value = parseInt(hex, 16);
    const name = word.startsWith("=") ? word.slice(1) : `STATUS_${word}`;
    valueOf.set(name, value);
    // The first name of a value is the one it is printed by (0 is SUCCESS and WAIT_0).
    if (!nameOf.has(value)) nameOf.set(value, name);
    if (!errnoOf.has(value)) errnoOf.set(value, errno);
  }
  // cifs prints this one by a name of its own; MS-ERREF's is the one to show.
  valueOf.set("STATUS_IO_REPARSE_TAG_NOT_HANDLED", 0xC0000279);
  nameOf.set(0xC0000279, "STATUS_IO_REPARSE_TAG_NOT_HANDLED");
  tables = { nameOf, valueOf, errnoOf };
  return tables;
}

/** Name with `STATUS_`, or the value as `0xC0001234` where it has none here. */
export function ntstatusName(status: number): string {
  const value = status >>> 0;
  return load().nameOf.get(value) ?? `0x${value.toString(16).toUpperCase().padStart(8, "0")}`;
}

/**
 * Value of a name in any case, with or without `STATUS_` (also Samba's `NT_STATUS_`), or written as
 * eight hexadecimal digits `0xC0000022`; undefined for no such name.
 */
export function ntstatusByName(name: string): number | undefined {
  const upper = name.toUpperCase();
  if (/^0X[0-9A-F]{8}$/.test(upper)) return parseInt(upper.slice(2), 16);
  const bare = upper.replace(/^(NT_)?STATUS_/, "");
  const { valueOf } = load();
  return valueOf.get(`STATUS_${bare}`) ?? valueOf.get(upper);
}

/**
 * The positive errno that cifs (Linux 6.12) makes of a status, 0 for success. A status that its
 * table does not hold becomes EIO, as in the kernel.
 */
export function ntstatusErrno(status: number): number {
  return load().errnoOf.get(status >>> 0) ?? 5;
}

/** Every name, for suggestions and completeness checks. */
export function ntstatusNames(): readonly string[] {
  return [...load().valueOf.keys()];
}

/**
 * Answers that are no trouble, though not SUCCESS: a step of a logon, the end of a listing or of a
 * file, an answer that did not fit, an interim reply, a name that is not there. They count only
 * where a configuration names them.
 */
export const BENIGN_NTSTATUS: readonly number[] = [
  0xC0000016, // STATUS_MORE_PROCESSING_REQUIRED
  0x80000006, // STATUS_NO_MORE_FILES
  0xC0000011, // STATUS_END_OF_FILE
  0x80000005, // STATUS_BUFFER_OVERFLOW
  0x00000103, // STATUS_PENDING
  0xC0000034, // STATUS_OBJECT_NAME_NOT_FOUND
  0xC000003A, // STATUS_OBJECT_PATH_NOT_FOUND
];
