/**
 * The one list of checks, in the order of `aod doctor`.
 * @module
 */
import { actions } from "./actions.ts";
import { bpf } from "./bpf.ts";
import { btf } from "./btf.ts";
import type { Check } from "./check.ts";
import { cifs } from "./cifs.ts";
import { clock } from "./clock.ts";
import { eventLog } from "./event_log.ts";
import { hook } from "./hook.ts";
import { jit } from "./jit.ts";
import { kernel } from "./kernel.ts";
import { lockdown } from "./lockdown.ts";
import { mounts } from "./mounts.ts";
import { output } from "./output.ts";
import { platform } from "./platform.ts";
import { statistics } from "./statistics.ts";

/** Every check. */
export const CHECKS: readonly Check[] = [
  kernel,
  bpf,
  jit,
  btf,
  lockdown,
  cifs,
  hook,
  mounts,
  statistics,
  actions,
  output,
  eventLog,
  platform,
  clock,
];
