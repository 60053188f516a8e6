/** What a bundle's contents take from a loaded probe: file names, and what is still in flight. */
import assert from "node:assert/strict";
import { indexKey, lookupElem, updateElem } from "../../../src/bpf/map.ts";
import { BundleContents } from "../../../src/evidence/bundle_contents.ts";
import { NO_NAMES } from "../../../src/evidence/requests_jsonl.ts";
import { monotonicNs } from "../../../src/os/clock.ts";
import {
  SMB_FLAG,
  SMB_NAMED_OFFSET,
  SMB_REQUEST_OFFSET,
  SMB_SLOT_BYTES,
  SMB_SLOT_OFFSET,
} from "../../../src/probe/smb/layout.gen.ts";
import { Bed, configOf, latencyAnomaly, REAL_NAMES } from "../../support/detect.ts";
import { SmbPrograms } from "../../support/smb_programs.ts";
import "../../support/libraries.ts";

const [CREATE, READ] = [5, 8];
const SLOTS = 64;

/** Gives the request of a recorder slot a file name, as fentry mode would. */
function nameSlot(programs: SmbPrograms, slot: number, name: string): void {
  const map = programs.mapFd("smb_recorder");
  const bytes = lookupElem(map, indexKey(slot), SMB_SLOT_BYTES)!;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const flags = SMB_SLOT_OFFSET.record + SMB_REQUEST_OFFSET.flags;
  view.setUint32(flags, view.getUint32(flags, true) | SMB_FLAG.HAS_NAME, true);
  bytes.set(new TextEncoder().encode(name), SMB_SLOT_OFFSET.record + SMB_NAMED_OFFSET.name);
  updateElem(map, indexKey(slot), bytes);
}

Deno.test("the worst requests get the recorder's file names; what waits is listed last", async () => {
  using programs = new SmbPrograms({ recorder_slots: SLOTS });
  programs.setRules({ threshold_ns: 0n });
  programs.enter(READ, 4n);
  programs.done(READ, 4n);
  nameSlot(programs, 0, "dir/file");
  const bed = new Bed(
    configOf([latencyAnomaly({ acceptable_count: 1, thresholds_ms: { [READ]: 0 } })]),
    0n,
    REAL_NAMES,
  );
  bed.now = monotonicNs();
  bed.feed(programs.records());
  const [anomaly] = bed.anomalies;
  assert.equal(anomaly.worst[0].name, undefined);
  const names = ["smb_control", "smb_recorder", "smb_in_flight", "smb_servers", "smb_trees"];
  const probe = {
    ...{ mode: "raw_tp" as const, ring_bytes: 1 << 16, recorder_slots: SLOTS },
    ...{ scan_program: -1, possible_cpus: 1 },
    maps: Object.fromEntries(names.map((name) => [name, programs.mapFd(name)])),
  };
  const contents = new BundleContents(undefined, () => NO_NAMES);
  await contents.begin(anomaly, probe);
  assert.equal(JSON.parse(contents.anomalyJson()).worst[0].name, "dir/file");
  programs.enter(CREATE, 5n);
  const [head, ...lines] = [...contents.requests(probe)].map((line) => JSON.parse(line));
  assert.deepEqual([head.requests, head.in_flight], [1, 1]);
  assert.deepEqual(lines.map((line) => [line.command, line.name, line.in_flight]), [
    ["SMB2_READ", "dir/file", false],
    ["SMB2_CREATE", null, true],
  ]);
});
