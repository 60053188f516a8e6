/**
 * The header of an `origin` file: what of this host a reader must know.
 * @module
 */
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { AOD_VERSION } from "../os/build_info.ts";
import { pageBytes } from "../os/mmap.ts";
import type { DecodeOptions } from "../probe/event_log/decode.ts";
import {
  ORIGIN_FIXED_BYTES,
  ORIGIN_LAYOUT,
  ORIGIN_MAGIC,
  type OriginHeader,
  padded,
} from "./origin_format.ts";

const encoder = new TextEncoder();

/** What this host and program write into a header. */
export function originHeader(options: DecodeOptions): OriginHeader {
  return {
    version: 1,
    program: `aod ${AOD_VERSION}`,
    machine: Deno.build.arch,
    kernel: kernelFact("osrelease"),
    boot_id: kernelFact("random/boot_id"),
    offset_ns: options.offset_ns.toString(),
    cpus: options.cpus,
    page_bytes: pageBytes(),
    begun: new Date().toISOString(),
    layout: ORIGIN_LAYOUT,
  };
}

/** Magic, lengths and header. */
export function headerBytes(header: OriginHeader): Uint8Array {
  const json = encoder.encode(JSON.stringify(header));
  const length = padded(json.length);
  const out = new Uint8Array(ORIGIN_FIXED_BYTES + length).fill(0x20);
  out.set(encoder.encode(ORIGIN_MAGIC));
  out.set(json, ORIGIN_FIXED_BYTES);
  const view = new DataView(out.buffer);
  view.setUint32(8, length, true);
  view.setUint32(12, crc32(out.subarray(ORIGIN_FIXED_BYTES)), true);
  return out;
}

function kernelFact(name: string): string {
  return readFileSync(`/proc/sys/kernel/${name}`, "utf8").trim();
}
