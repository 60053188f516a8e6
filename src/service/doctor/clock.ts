/**
 * The system clock: plausible, and kept in step with others (bundles are compared across machines).
 * @module
 */
import { type Check, ok, warn } from "./check.ts";

/** adjtimex(2): the clock is not synchronised, <sys/timex.h>. */
const TIME_ERROR = 5;
/** sizeof(struct timex) on 64-bit Linux. */
const TIMEX_BYTES = 208;
/** 2025-01-01, before the first release. */
const FIRST_MS = 1_735_689_600_000;

/** The check of the system clock. */
export const clock: Check = {
  name: "clock",
  about: "the system clock and its synchronisation",
  run() {
    if (Date.now() < FIRST_MS) {
      return [warn(`the clock says ${new Date().toISOString()}`, "set the clock")];
    }
    if (clockState() !== TIME_ERROR) return [ok("the clock is synchronised")];
    return [
      warn(
        "the clock is not synchronised: times in bundles may not match the server's",
        "run chrony, systemd-timesyncd or the hypervisor's time service",
      ),
    ];
  },
};

/** Reads the clock's state; changes nothing (modes = 0). */
function clockState(): number {
  const library = Deno.dlopen("libc.so.6", {
    adjtimex: { parameters: ["buffer"], result: "i32" },
  });
  const state = library.symbols.adjtimex(new Uint8Array(TIMEX_BYTES));
  library.close();
  return state;
}
