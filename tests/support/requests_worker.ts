/**
 * Requests that come and go on another thread while a test looks at the probe: each is ended after
 * the next has begun, so that one is always in flight.
 * @module
 */
import { runSyscallProgram } from "../../src/bpf/map.ts";
import "./libraries.ts";

/** What to run, and until when. */
export interface RequestsOrder {
  /** Descriptors of rt_cmd_enter and rt_cmd_done. */
  enter: number;
  done: number;
  /** An Int32Array; ends when its first word is not 0. */
  stop: SharedArrayBuffer;
}

const READ = 8n;
const SESSION = 0x99n;

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<RequestsOrder>) => void) | null;
  postMessage(requests: number): void;
};

function run(program: number, id: bigint): void {
  const context = new BigUint64Array([7n, SESSION, READ, id]);
  runSyscallProgram(program, new Uint8Array(context.buffer));
}

scope.onmessage = ({ data }) => {
  const stop = new Int32Array(data.stop);
  let id = 0n;
  run(data.enter, id);
  while (Atomics.load(stop, 0) === 0) {
    run(data.enter, id + 1n);
    run(data.done, id++);
  }
  run(data.done, id);
  scope.postMessage(Number(id));
};
