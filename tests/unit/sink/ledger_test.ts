import assert from "node:assert/strict";
import type { LogCounter, LogCounters } from "../../../src/probe/event_log/counters.ts";
import { imbalance, ledgerText, logLedger } from "../../../src/sink/ledger.ts";

const count = (...per_cpu: bigint[]): LogCounter => ({
  total: per_cpu.reduce((sum, n) => sum + n, 0n),
  per_cpu,
});

function kernel(counts: Partial<LogCounters>): LogCounters {
  const none = count(0n, 0n);
  return {
    seen: none,
    emitted: none,
    filtered: none,
    own: none,
    drop_ring_full: none,
    drop_scratch: none,
    paths: none,
    paths_lost: none,
    no_storage: none,
    compat: none,
    gaps: none,
    ...counts,
  };
}

const NO_LOSS = { disk_full: 0n, closed_pipe: 0n, io: 0n, abandoned: 0n };

Deno.test("every event is somewhere: written, filtered, own or dropped with its cause", () => {
  const ledger = logLedger(
    kernel({
      seen: count(60n, 40n),
      emitted: count(50n, 20n),
      filtered: count(3n, 7n),
      own: count(5n),
      drop_ring_full: count(0n, 14n),
      drop_scratch: count(0n, 1n),
    }),
    { formatted: 65n, written: 60n, malformed: 2n, lost: { ...NO_LOSS, disk_full: 4n } },
  );
  assert.deepEqual(ledger.dropped, {
    ring_full: 14n,
    scratch: 1n,
    malformed: 2n,
    ...NO_LOSS,
    disk_full: 4n,
    // 3 in the ring, 1 formatted and not yet written
    unread: 4n,
  });
  assert.equal(imbalance(ledger), 0n);
  assert.deepEqual(ledger.dropped_per_cpu, [{ cpu: 1, ring_full: 14n, scratch: 1n }]);
  assert.deepEqual(ledgerText(ledger), [
    "100 seen = 60 written + 10 filtered + 5 own + 25 dropped " +
    "(ring full 14, scratch 1, malformed 2, disk full 4, unread 4)",
    "lost on CPU 1: ring full 14, scratch 1",
  ]);
});

Deno.test("a ledger that does not add up says so", () => {
  const reader = { formatted: 8n, written: 8n, malformed: 0n, lost: NO_LOSS };
  const ledger = logLedger(kernel({ seen: count(10n), emitted: count(8n) }), reader);
  assert.equal(imbalance(ledger), 2n);
  assert.match(ledgerText(ledger)[1], /does not add up: 2 events/);
});
