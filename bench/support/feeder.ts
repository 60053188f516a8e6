/**
 * A worker that has the producer program write records at a given rate.
 * @module
 */
import { mapArrayMmap, runSyscallProgram } from "../../src/bpf/map.ts";

/** What to do. */
interface Order {
  /** Descriptor of the `produce` program. */
  program: number;
  /** Descriptor of the `smb_work` map. */
  work: number;
  /** Records a second. */
  rate: number;
  seconds: number;
}

/** PRODUCE.STAMP_END | PRODUCE.WAKE | PRODUCE.COUNT_IDS of tests/support/producer.ts. */
const FLAGS = 1 | 4 | 8;
/** Records are offered in portions, this often. */
const STEP_MS = 1;

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(message: { seconds: number }): void;
};

scope.onmessage = ({ data: { program, work, rate, seconds } }) => {
  const memory = mapArrayMmap(work, 8, true);
  const words = new Uint32Array(memory.buffer);
  words[1] = FLAGS;
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  const begun = performance.now();
  const end = begun + seconds * 1000;
  let offered = 0;
  for (let now = begun; now < end; now = performance.now()) {
    const due = Math.min(rate * seconds, rate * (now - begun + STEP_MS) / 1000);
    words[0] = Math.min(100_000, Math.floor(due - offered));
    if (words[0] > 0) {
      offered += words[0];
      runSyscallProgram(program);
    }
    const rest = begun + offered * 1000 / rate - performance.now() - STEP_MS;
    if (rest > 0) Atomics.wait(sleep, 0, 0, rest);
  }
  memory.unmap();
  scope.postMessage({ seconds: (performance.now() - begun) / 1000 });
};
