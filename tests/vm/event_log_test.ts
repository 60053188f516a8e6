/**
 * The event log on the kernels of the guests: the workload that knows what it has done, as on the host.
 * @module
 */
import assert from "node:assert/strict";
import { readAccount } from "../support/event_log/account.ts";
import { buildWorkload } from "../support/event_log/build.ts";
import { compareLog, readLog } from "../support/event_log/compare.ts";
import { droppedOf, imbalanceOf, type Ledger } from "../support/event_log/trace_run.ts";
import { AOD_IN_GUEST, aodFile } from "./support/aod.ts";
import { KERNELS } from "./support/kernels.ts";
import { type BackgroundCommand, bootVm, type Vm } from "./support/vm.ts";

const PREPARE =
  "mkdir -p /t/work && cp /t/leaf /t/work/leaf && chmod 755 /t/work/leaf /t/workload " +
  "&& mkfifo /t/go";

/** Waits until a command has printed something. */
async function printed(
  vm: Vm,
  command: BackgroundCommand,
  what: RegExp,
): Promise<RegExpExecArray> {
  for (let tries = 0; tries < 300; tries++) {
    const { stdout, stderr } = await command.output();
    const match = what.exec(stdout + stderr);
    if (match !== null) return match;
    await vm.check("usleep 200000");
  }
  throw new Error(
    `Cannot go on: because there was only: ${JSON.stringify(await command.output())}`,
  );
}

for (const kernel of KERNELS) {
  Deno.test(`event log ${kernel}: the log is what the workload did`, async () => {
    const { workload, leaf } = buildWorkload();
    await using vm = await bootVm({
      kernel,
      autoloadCifs: false,
      memoryMb: 1024,
      files: { ...await aodFile(), "/t/workload": workload, "/t/leaf": leaf },
    });
    await vm.check(PREPARE);
    // The pipe is open for writing from the beginning, so that opening it for reading does not wait.
    const program = await vm.start("exec 3<>/t/go; exec /t/workload /t/work /t/account <&3");
    const [, pid] = await printed(vm, program, /^(\d+)\n/);
    const options = `-f json -o /t/log --ledger /t/ledger --pid ${pid} --follow-children`;
    const trace = await vm.start(`exec ${AOD_IN_GUEST} trace ${options}`);
    await printed(vm, trace, /: logging \d+ event types/);
    await vm.check("echo > /t/go");
    const did = await program.wait();
    assert.equal(did.code, 0, did.stderr);
    await trace.kill("INT");
    const traced = await trace.wait();
    assert.equal(traced.code, 130, traced.stderr);

    const log = readLog(await vm.getText("/t/log"));
    assert.deepEqual(compareLog(log, readAccount(await vm.getText("/t/account"))), []);
    const ledger: Ledger = JSON.parse(await vm.getText("/t/ledger"));
    assert.equal(imbalanceOf(ledger), 0);
    assert.equal(droppedOf(ledger), 0);
    assert.equal(ledger.written, log.events.length);
  });
}
