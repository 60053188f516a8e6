/**
 * The traps of following a CIFS client (docs/smb-probe.md), each with what goes wrong where it is not
 * handled. One boot per kernel; the topics are in this folder. What these kernels cannot show in a
 * minute (credit timeouts, releases of other kernels) is in tests/host/probe.
 * @module
 */
import { guestProbeFiles } from "../support/guest_probe.ts";
import { bootVm, type KernelSeries } from "../support/vm.ts";
import { endTraps } from "./ends.ts";
import { identityTraps } from "./identity.ts";
import { troubleTraps } from "./trouble.ts";

/** All of them on one kernel. A file for each kernel calls it, so that they can run beside each other. */
export function trapsOn(kernel: KernelSeries): void {
  Deno.test(`vm ${kernel}: the SMB probe falls into no trap`, async (t) => {
    await using vm = await bootVm({
      kernel,
      mount: "closetimeo=0,actimeo=0,echo_interval=1",
      memoryMb: 1024,
      files: await guestProbeFiles(),
    });
    await endTraps(t, vm);
    await identityTraps(t, vm);
    await troubleTraps(t, vm);
  });
}
