/**
 * Runs in the guest: the SMB probe as the agent loads it, with every record it gives written out.
 * Started by `../guest_probe.ts`; ends at SIGTERM.
 * @module
 */
import { indexKey, mapInfo, sumPerCpu, updateElem } from "../../../../src/bpf/map.ts";
import { RingReader } from "../../../../src/bpf/ring.ts";
import { BENIGN_NTSTATUS } from "../../../../src/config/names/ntstatus.ts";
import { readRecorder } from "../../../../src/evidence/recorder.ts";
import { decodeRequest } from "../../../../src/probe/smb/decode.ts";
import { InFlight } from "../../../../src/probe/smb/in_flight.ts";
import {
  SMB_CODE_KIND,
  SMB_CODE_RULE,
  SMB_COUNTER,
  SMB_NAMED_BYTES,
  SMB_REQUEST_BYTES,
  SMB_REQUEST_OFFSET,
} from "../../../../src/probe/smb/layout.gen.ts";
import { loadSmbProbe } from "../../../../src/probe/smb/load.ts";
import { NameResolver, seedNames } from "../../../../src/probe/smb/names.ts";
import type { SmbRequest } from "../../../../src/probe/smb/request.ts";
import { putCode, rulesBytes } from "../../../support/smb_rules.ts";
import type { Dump, DumpedRequest, DumpOptions } from "../guest_probe.ts";

const WALK_MS = 20;
const SCAN_MS = 100;
const END_OF_TIME = (1n << 63n) - 1n;

/** Values of u64 are written as "123n", here and for the reader. */
function print(value: unknown): void {
  console.log(JSON.stringify(value, (_key, v) => typeof v === "bigint" ? `${v}n` : v));
}

/** Whether a text field has anything behind its end. */
function isDirty(bytes: Uint8Array): boolean {
  const end = bytes.indexOf(0);
  return end < 0 || bytes.subarray(end).some((byte) => byte !== 0);
}

const options: DumpOptions = JSON.parse(
  Deno.args[0],
  (_key, v) => typeof v === "string" && /^\d+n$/.test(v) ? BigInt(v.slice(0, -1)) : v,
);
const probe = loadSmbProbe({
  probe: { ring_size_kb: 1024, recorder_slots: 4096, max_in_flight: 1024, ...options.probe },
  emit_names: true,
});
const { handles } = probe;
const { maps } = handles;
seedNames(handles);
for (const status of BENIGN_NTSTATUS) {
  putCode(maps.smb_codes, SMB_CODE_KIND.NTSTATUS, status, SMB_CODE_RULE.BENIGN);
}
updateElem(maps.smb_rules, indexKey(0), rulesBytes(options.rules));

const names = new NameResolver(handles);
const ring = new RingReader(maps.smb_events, handles.ring_bytes);
const flight = new InFlight(handles, mapInfo(maps.smb_in_flight).value_bytes);
const records: DumpedRequest[] = [];
let dirty = 0;

const named = (request: SmbRequest): DumpedRequest => ({
  ...request,
  server: names.server(request.connection_id),
  share: names.share(request.session_id, request.tree_id),
});

function walk(): void {
  ring.walk((offset, bytes) => {
    const { buffer, byteOffset } = ring.data;
    const data = new Uint8Array(buffer, byteOffset + offset, bytes);
    const comm = data.subarray(SMB_REQUEST_OFFSET.comm, SMB_REQUEST_BYTES);
    if (isDirty(comm) || isDirty(data.subarray(SMB_REQUEST_BYTES, SMB_NAMED_BYTES))) dirty++;
    records.push(named(decodeRequest(ring.data, offset, bytes)));
  }, Number.MAX_SAFE_INTEGER);
}

const stopped = Promise.withResolvers<void>();
Deno.addSignalListener("SIGTERM", () => stopped.resolve());
const walking = setInterval(walk, WALK_MS);
const scanning = setInterval(() => flight.scan(), SCAN_MS);
print({ ready: { mode: handles.mode, programs: probe.programs } });
await stopped.promise;
clearInterval(walking);
clearInterval(scanning);
flight.scan();

const readCounters = (): Record<string, number> =>
  Object.fromEntries(
    Object.entries(SMB_COUNTER).filter(([name]) => name !== "MAX").map(([name, index]) => [
      name,
      Number(sumPerCpu(maps.smb_counters, index, handles.possible_cpus)),
    ]),
  );

// The probe still runs: counters and records of one moment are those between which nothing came.
let counters = readCounters();
for (let tries = 0; tries < 20; tries++) {
  walk();
  const now = readCounters();
  const isStill = Object.entries(now).every(([name, value]) => counters[name] === value);
  counters = now;
  if (isStill) break;
}
const dump: Dump = {
  mode: handles.mode,
  records,
  recorder: readRecorder(handles, 0n, END_OF_TIME).requests.map(named),
  counters,
  started: flight.started(),
  in_flight: flight.count(),
  dirty,
};
print({ dump });
ring.close();
flight.close();
probe.close();
