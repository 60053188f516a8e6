import assert from "node:assert/strict";
import {
  imbalance,
  type KernelCount,
  type KernelCounts,
  ledgerText,
  logLedger,
} from "../../../src/sink/ledger.ts";

const count = (...per_cpu: bigint[]): KernelCount => ({
  total: per_cpu.reduce((sum, n) => sum + n, 0n),
  per_cpu,
});

function kernel(counts: Partial<KernelCounts>): KernelCounts {
  const none = count(0n, 0n);
  return {
    SEEN: none,
    EMITTED: none,
    FILTERED: none,
    OWN: none,
    DROP_RING_FULL: none,
    DROP_SCRATCH: none,
    PATHS: none,
    PATHS_LOST: none,
    NO_STORAGE: none,
    COMPAT: none,
    GAPS: none,
    ...counts,
  };
}

const NO_LOSS = { disk_full: 0n, closed_pipe: 0n, io: 0n, abandoned: 0n };

Deno.test("every event is somewhere: written, filtered, own or dropped with its cause", () => {
  const ledger = logLedger(
    kernel({
      SEEN: count(60n, 40n),
      EMITTED: count(50n, 20n),
      FILTERED: count(3n, 7n),
      OWN: count(5n),
      DROP_RING_FULL: count(0n, 14n),
      DROP_SCRATCH: count(0n, 1n),
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
  const ledger = logLedger(kernel({ SEEN: count(10n), EMITTED: count(8n) }), reader);
  assert.equal(imbalance(ledger), 2n);
  assert.match(ledgerText(ledger)[1], /does not add up: 2 events/);
});
