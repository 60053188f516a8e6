/**
 * The hook mode the probe would take, found by loading it for real and closing it again.
 * @module
 */
import { type Check, fail, type Finding, hopeless, ok, warn, type WorkingTrial } from "./check.ts";

/** Errors of the probe that no configuration and no mount will mend. */
const HOPELESS = new Set(["no_btf", "unsupported"]);

/** The check of the hook mode. */
export const hook: Check = {
  name: "hook",
  about: "the hooks the probe would attach to (fentry, or raw tracepoints)",
  async run({ uid, exists, config, tryProbe }) {
    const wanted = config.probe.hook_mode;
    if (uid !== 0) return [fail("the hooks cannot be tried", "run aod doctor as root")];
    if (!exists("/sys/module/cifs")) {
      return [warn(`hook_mode ${wanted}: cannot be tried before cifs is loaded`, "modprobe cifs")];
    }
    const trial = await tryProbe();
    if ("error" in trial) {
      const text = trial.error;
      return [
        HOPELESS.has(trial.code) ? hopeless(text, "see kernel, btf and lockdown") : fail(
          text,
          "see bpf, btf and lockdown",
        ),
      ];
    }
    const findings = [hookFinding(trial, wanted)];
    for (const { name, error } of trial.programs) {
      if (error !== undefined) findings.push(warn(`${name} does not attach: ${error}`, ""));
    }
    return findings;
  },
};

function hookFinding({ mode, fallback_reason }: WorkingTrial, wanted: string): Finding {
  if (mode === "fentry") {
    return ok("fentry: start and end of every request, keyed by its kernel object");
  }
  const why = wanted === "raw_tp" ? "as configured" : fallback_reason || "fentry does not load";
  return warn(
    `raw tracepoints (${why}): echoes and requests dropped by a reconnect are not seen to end`,
    wanted === "raw_tp" ? "set probe.hook_mode: auto" : "boot a kernel with BTF of its modules",
  );
}
