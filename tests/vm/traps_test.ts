/**
 * The traps of following a CIFS client (docs/smb-probe.md), each with what goes wrong where it is not
 * handled. One boot per kernel; the topics are in `traps/`. What these kernels cannot show in a
 * minute (credit timeouts, releases of other kernels) is in tests/host/probe.
 * @module
 */
import { guestProbeFiles } from "./support/guest_probe.ts";
import { KERNELS } from "./support/kernels.ts";
import { bootVm } from "./support/vm.ts";
import { endTraps } from "./traps/ends.ts";
import { identityTraps } from "./traps/identity.ts";
import { troubleTraps } from "./traps/trouble.ts";

for (const kernel of KERNELS) {
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
