/** What the pump does next, by a clock in the test's hand and a real ring. */
import assert from "node:assert/strict";
import { EventQueue } from "../../../src/stream/event_queue.ts";
import { IDLE_MS, Pump } from "../../../src/stream/pump.ts";
import type { ProbeHandles } from "../../../src/probe/smb/handles.ts";
import { possibleCpus } from "../../../src/bpf/libbpf.ts";
import { PRODUCE, Producer } from "../../support/producer.ts";
import { SmbPrograms } from "../../support/smb_programs.ts";

interface Subject {
  producer: Producer;
  pump: Pump;
  queue: EventQueue;
}

function withPump(body: (subject: Subject) => void, change: { scan_program?: number } = {}): void {
  const producer = new Producer();
  const queue = EventQueue.create(1024);
  const pump = new Pump({ ...producer.handles, ...change }, queue);
  try {
    body({ producer, pump, queue });
  } finally {
    pump.close();
    producer.close();
  }
}

Deno.test("idle: a long sleep, armed; the first record takes the wish", () => {
  withPump(({ producer, pump }) => {
    const idle = pump.turn(0);
    assert.deepEqual([idle.records, idle.sleep_ms, idle.armed], [0, IDLE_MS, true]);
    assert.equal(producer.control().reader_waiting, 1);
    assert.equal(producer.control().request_wake, 1);
    producer.produce(3, PRODUCE.WAKE);
    assert.equal(producer.control().reader_waiting, 0);
    pump.awake(1);
    assert.equal(producer.control().request_wake, 0);
    assert.equal(pump.turn(1).records, 3);
  });
});

Deno.test("while records keep coming it naps, nobody is to wake it, and naps grow", () => {
  withPump(({ producer, pump, queue }) => {
    const naps: number[] = [];
    for (let i = 0; i < 5; i++) {
      producer.produce(10, PRODUCE.WAKE);
      const turn = pump.turn(i * 10);
      assert.deepEqual([turn.records, turn.armed], [10, false]);
      assert.equal(producer.control().reader_waiting, 0);
      naps.push(turn.sleep_ms);
      queue.consume(queue.readable());
    }
    assert.deepEqual(naps, [1, 2, 4, 4, 4]);
    assert.equal(pump.turn(100).armed, true);
  });
});

Deno.test("what comes between the drain and the sleep is not slept over", () => {
  withPump(({ producer, pump, queue }) => {
    // A full queue leaves records: the pump naps and does not arm.
    producer.produce(1030, 0);
    const full = pump.turn(0);
    assert.deepEqual([full.records, full.result.full, full.armed], [1024, true, false]);
    queue.consume(queue.readable());
    assert.equal(pump.turn(1).records, 6);
  });
});

Deno.test("a request's start ends the idle time; on a busy mount the clock looks instead", () => {
  withPump(({ producer, pump }) => {
    pump.setEmergency(200);
    pump.turn(0);
    producer.hang(1);
    pump.awake(10);
    const flying = pump.turn(10);
    assert.deepEqual([flying.in_flight, flying.scanned], [1, true]);
    assert.equal(flying.sleep_ms, 0); // the scan's report is in the ring
    assert.equal(pump.turn(11).records, 1);
    producer.endHang(1);
    pump.awake(20);
    const quiet = pump.turn(20);
    // Half the least emergency threshold after the start was noticed.
    assert.equal(quiet.sleep_ms, 10 + 100 - 20);
    assert.equal(producer.control().request_wake, 0);
    pump.awake(120);
    assert.equal(pump.turn(120).sleep_ms, IDLE_MS);
    assert.equal(producer.control().request_wake, 1);
  });
});

Deno.test("the scan runs every 100 ms, reports a request once, and its report is drained", () => {
  withPump(({ producer, pump, queue }) => {
    producer.hang(5);
    assert.equal(pump.turn(0).scanned, true);
    assert.equal(pump.turn(50).records, 1);
    assert.equal(queue.size(), 1);
    assert.equal(pump.turn(99).scanned, false);
    assert.equal(pump.turn(100).scanned, true);
    assert.equal(pump.turn(150).records, 0);
  });
});

Deno.test("nothing is scanned before something can have hung", () => {
  const READ = 8;
  const ring_bytes = 1 << 16;
  using programs = new SmbPrograms({ ring_bytes });
  // Far from what the test itself takes.
  const LEAST_MS = 1_000_000;
  programs.setRules({ emergency_ns: BigInt(LEAST_MS) * 1_000_000n });
  const names = ["smb_events", "smb_control", "smb_in_flight"];
  const handles: ProbeHandles = {
    mode: "raw_tp",
    maps: Object.fromEntries(names.map((name) => [name, programs.mapFd(name)])),
    ring_bytes,
    recorder_slots: 64,
    scan_program: programs.programFd("smb_scan_in_flight"),
    possible_cpus: possibleCpus(),
  };
  const pump = new Pump(handles, EventQueue.create(1024));
  try {
    pump.setEmergency(LEAST_MS);
    programs.enter(READ, 1n);
    const first = pump.turn(0);
    assert.deepEqual([first.in_flight, first.scanned], [1, true]);
    // The request is a little older than the scan.
    assert.ok(
      first.sleep_ms > LEAST_MS - 60_000 && first.sleep_ms <= LEAST_MS,
      `${first.sleep_ms}`,
    );
    assert.equal(pump.turn(first.sleep_ms - 1).scanned, false);
    assert.equal(pump.turn(first.sleep_ms).scanned, true);
    // Another threshold is in force: what is in flight is looked at by it.
    programs.setRules({ emergency_ns: 0n });
    pump.setEmergency(0);
    assert.equal(pump.turn(first.sleep_ms + 1).scanned, true);
    assert.equal(pump.turn(first.sleep_ms + 2).records, 1);
  } finally {
    pump.close();
  }
});

Deno.test("a flood that fills every turn keeps nothing from being scanned", () => {
  withPump(({ producer, pump }) => {
    producer.hang(3);
    producer.produce(10, 0);
    // Every look at the clock is 10 ms later: the turn's time is over after its first drain.
    const clock = performance.now;
    let now = 0;
    performance.now = () => now += 10;
    try {
      const turn = pump.turn(0);
      assert.deepEqual([turn.records, turn.sleep_ms, turn.scanned], [10, 0, true]);
    } finally {
      performance.now = clock;
    }
    assert.equal(pump.turn(1).records, 1);
  });
});

Deno.test("a start whose end was never seen does not keep the scan running for ever", () => {
  withPump(({ producer, pump }) => {
    producer.hang(1);
    producer.forget(1); // gone from the map, its end not counted
    assert.equal(pump.turn(0).in_flight, 1);
    pump.turn(6_000);
    assert.equal(pump.turn(6_100).in_flight, 0);
    producer.hang(2);
    assert.equal(pump.turn(6_200).in_flight, 1);
  });
});

Deno.test("a scan that fails says why and stops nothing; without one there is none", () => {
  withPump(({ producer, pump }) => {
    producer.hang(1);
    producer.produce(2, 0);
    const turn = pump.turn(0);
    assert.match(turn.scan_error ?? "", /BPF_PROG_TEST_RUN/);
    assert.equal(turn.records, 2);
  }, { scan_program: 1_000_000 });
  withPump(({ producer, pump }) => {
    producer.hang(1);
    const turn = pump.turn(0);
    assert.deepEqual([turn.scan_error, turn.scanned, turn.sleep_ms], [null, false, IDLE_MS]);
  }, { scan_program: -1 });
});
