/**
 * How many requests are in flight, as the reader has it: never fewer than there are, or a hang would
 * not be looked for.
 * @module
 */
import assert from "node:assert/strict";
import { mapInfo } from "../../../src/bpf/map.ts";
import type { ProbeHandles } from "../../../src/probe/smb/handles.ts";
import { InFlight } from "../../../src/probe/smb/in_flight.ts";
import type { RequestsOrder } from "../../support/requests_worker.ts";
import { SmbPrograms } from "../../support/smb_programs.ts";

const CREATE = 5;
const HUNG = 20;
const RECOUNTS = 3_000;

function inFlight(programs: SmbPrograms): InFlight {
  const maps = {
    smb_control: programs.mapFd("smb_control"),
    smb_in_flight: programs.mapFd("smb_in_flight"),
  };
  const handles: ProbeHandles = {
    mode: "raw_tp",
    maps,
    ring_bytes: 0,
    recorder_slots: 0,
    scan_program: -1,
    possible_cpus: 1,
  };
  return new InFlight(handles, mapInfo(maps.smb_in_flight).value_bytes);
}

/** Runs `work` while requests come and go on another thread. */
async function whileRequestsFlow(programs: SmbPrograms, work: () => Promise<void> | void) {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL("../../support/requests_worker.ts", import.meta.url), {
    type: "module",
  });
  const requests = new Promise<number>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
  });
  const order: RequestsOrder = {
    enter: programs.programFd("rt_cmd_enter"),
    done: programs.programFd("rt_cmd_done"),
    stop: stop.buffer as SharedArrayBuffer,
  };
  const before = programs.control("started");
  worker.postMessage(order);
  while (programs.control("started") === before) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await work();
  Atomics.store(stop, 0, 1);
  assert.ok(await requests > 100);
  worker.terminate();
}

Deno.test("recounts while requests come and go leave none of those that hang out", async () => {
  using programs = new SmbPrograms();
  const flight = inFlight(programs);
  for (let id = 1n; id <= HUNG; id++) programs.enter(CREATE, id);
  await whileRequestsFlow(programs, () => {
    for (let i = 0; i < RECOUNTS; i++) flight.recount();
  });
  assert.equal(flight.count(), HUNG);
  flight.close();
});

Deno.test("scans while requests come and go take none of them for over", async () => {
  using programs = new SmbPrograms({ max_in_flight: 4096 });
  await whileRequestsFlow(programs, () => {
    for (let i = 0; i < RECOUNTS; i++) programs.scan();
  });
  const { STALE, NO_START, SEEN } = programs.counters();
  assert.deepEqual([STALE, NO_START], [0, 0]);
  assert.equal(programs.control("started"), SEEN);
  assert.equal(programs.control("ended"), SEEN);
});

Deno.test("an end that was never counted is found at rest", () => {
  using programs = new SmbPrograms();
  const flight = inFlight(programs);
  programs.enter(CREATE, 1n);
  programs.enter(CREATE, 2n);
  programs.forget(1n);
  assert.equal(flight.count(), 2);
  flight.recount();
  assert.equal(flight.count(), 1);
  programs.done(CREATE, 2n);
  assert.equal(flight.count(), 0);
  flight.close();
});
