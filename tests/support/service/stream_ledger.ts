/**
 * Whether the status' ledger adds up from the kernel to the watcher.
 * @module
 */
import type { AgentStatus } from "../../../src/service/status.ts";

/** The watcher tells its figures about once a second. */
export const LEDGER_SETTLE_MS = 1500;

/** What does not add up, as sentences. To be asked when nothing is under way. */
export function streamLedger({ ledger }: AgentStatus): string[] {
  const { kernel, dispatcher, queue, watcher, anomalies, collector } = ledger;
  const faults: string[] = [];
  const equal = (what: string, left: number, right: number) => {
    if (left !== right) faults.push(`${what}: ${left} is not ${right}`);
  };
  if (kernel !== null) {
    equal("kernel", kernel.seen, kernel.emitted + kernel.filtered + kernel.drop_ring_full);
    equal("ring", kernel.emitted, dispatcher.records);
  }
  const { queued, malformed } = dispatcher;
  equal("dispatcher", dispatcher.records, queued + malformed);
  equal("dispatcher to queue", queued, queue.in);
  equal("queue", queue.in, queue.out + queue.dropped_replaced + queue.waiting);
  equal("queue to watcher", queue.out, watcher.records);
  equal("watcher to controller", watcher.anomalies, anomalies.received);
  const { received, acknowledged, dropped_full, dropped_attempts, waiting } = anomalies;
  equal("anomalies", received, acknowledged + dropped_full + dropped_attempts + waiting);
  const { accepted, refused_space, refused_output_dir, dropped_full: full } = collector;
  equal("collector", acknowledged, accepted + refused_space + refused_output_dir + full);
  return faults;
}
