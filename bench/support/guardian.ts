/**
 * The detectors of the embedded configuration for benchmarks, with clocks and names that cost nothing.
 * @module
 */
import type { Config } from "../../src/config/types.ts";
// Declares the built-in actions, which checking a configuration needs.
import "../../src/evidence/actions/registry.ts";
import { loadConfig } from "../../src/config/load.ts";
import { emptyStats } from "../../src/detect/detector.ts";
import { RECORD_BYTES } from "../../src/detect/fields.ts";
import { Guardian } from "../../src/detect/guardian.ts";
import { IdSource } from "../../src/detect/ids.ts";
import { decodeRequest } from "../../src/probe/smb/decode.ts";

/** The embedded default configuration. */
export function defaultConfig(): Config {
  return loadConfig(null).config;
}

/** New detectors; `fired` is called for each anomaly. */
export function benchGuardian(fired: () => void = () => {}): Guardian {
  return new Guardian(defaultConfig(), {
    watchIntervalSec: 1,
    base: 0n,
    ids: new IdSource(() => 1_700_000_000_000_000_000n),
    names: { command: String, status: String, errno: String, server: String, share: String },
    decode: (view, offset) => decodeRequest(view, offset, RECORD_BYTES),
    nowNs: () => 0n,
    onAnomaly: fired,
    onFollowup: () => {},
    stats: emptyStats(),
  });
}
