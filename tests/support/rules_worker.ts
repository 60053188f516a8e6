/**
 * A thread that writes two configurations' rules into the maps of a running probe in turn, until its
 * stop flag is set; answers with how many times.
 * @module
 */
import type { Config } from "../../src/config/types.ts";
import "../../src/evidence/configuration.ts"; // declares the kinds of anomalies
import { applyRules } from "../../src/probe/smb/rules.ts";

/** What it is told. */
export interface RulesOrder {
  configs: Config[];
  maps: Record<string, number>;
  /** One word: not 0 means stop. */
  stop: SharedArrayBuffer;
}

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<RulesOrder>) => void) | null;
  postMessage(count: number): void;
};

scope.onmessage = ({ data: { configs, maps, stop } }) => {
  const flag = new Int32Array(stop);
  let count = 0;
  while (Atomics.load(flag, 0) === 0) applyRules({ maps }, configs[count++ % configs.length]);
  scope.postMessage(count);
};
