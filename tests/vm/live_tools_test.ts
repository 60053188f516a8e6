/**
 * The live tools on a real mount: what they show, what they leave out, how they end.
 * @module
 */
import assert from "node:assert/strict";
import { deniedFile, netemDelay, slowReads, stopServer, unloadCifs } from "./support/faults.ts";
import { AOD_IN_GUEST, aodFile } from "./support/aod.ts";
import { mountShare, unmount } from "./support/mounts.ts";
import { type BackgroundCommand, bootVm, type CommandResult, type Vm } from "./support/vm.ts";

/** What a tool prints for a request with `--json`: the fields the tests look at. */
interface Row {
  command: string;
  latency_ms: number;
  status: string | null;
  error: string | null;
  server: string;
  share: string;
  mount: string[];
  name: string | null;
  pid: number;
  comm: string;
  in_flight: boolean;
  session_id: string;
  message_id: string;
}

function rows(text: string): Row[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** Waits until a tool has printed something on stderr. */
async function printed(vm: Vm, tool: BackgroundCommand, what: RegExp): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (what.test((await tool.output()).stderr)) return;
    await vm.check("usleep 200000");
  }
  throw new Error(`Cannot go on: because the tool only said: ${(await tool.output()).stderr}`);
}

/** Starts a tool and waits until it traces; loading the probe takes seconds under TCG. */
async function startTool(vm: Vm, args: string): Promise<BackgroundCommand> {
  const tool = await vm.start(`exec ${AOD_IN_GUEST} ${args}`);
  await printed(vm, tool, /: tracing by /);
  return tool;
}

async function stopTool(tool: BackgroundCommand): Promise<CommandResult> {
  await tool.kill("INT");
  return await tool.wait({ timeoutMs: 20_000 });
}

/** The ledger on stderr adds up and nothing was lost. */
function checkLedger(tool: string, stderr: string, shown: number): void {
  const match = /(\w+): (\d+) seen = (\d+) shown \+ (\d+) filtered \+ (\d+) dropped/.exec(stderr);
  assert.ok(match, `no ledger in: ${stderr}`);
  const [name, seen, printed, filtered, dropped] = [match[1], ...match.slice(2).map(Number)];
  assert.equal(name, tool);
  assert.equal(seen, Number(printed) + Number(filtered) + Number(dropped));
  assert.equal(printed, shown);
  assert.match(stderr, /ring full 0,.*malformed 0, unread 0/);
}

const READ = "dd if=/mnt/s/data iflag=direct bs=4k count=1 of=/dev/null 2>/dev/null";
const WRITE = "dd if=/dev/zero of=/mnt/s/written oflag=direct bs=4k count=1 2>/dev/null";

// One kernel: what the tools show of each kernel is the business of the traps and scenarios.
for (const kernel of ["6.12"] as const) {
  Deno.test(`live tools ${kernel}`, async (t) => {
    await using vm = await bootVm({
      kernel,
      mount: true,
      memoryMb: 1024,
      files: await aodFile(),
    });
    await vm.check("dd if=/dev/urandom of=/srv/share/data bs=4k count=8 2>/dev/null");

    await t.step("a slow READ: latency, command, names, issuer", async () => {
      const tool = await startTool(vm, "smbslower -m 60 --json");
      await vm.check(WRITE);
      let reader = 0;
      {
        await using _delay = await netemDelay(vm, 50);
        reader = Number(await vm.check(`${READ} & echo $!; wait $!`));
      }
      const { code, stdout, stderr } = await stopTool(tool);
      assert.equal(code, 130);
      const shown = rows(stdout);
      const read = shown.find((row) => row.command === "SMB2_READ");
      assert.ok(read, `no READ in ${stdout} ${stderr}`);
      assert.ok(read.latency_ms >= 100 && read.latency_ms < 2000, `${read.latency_ms} ms`);
      assert.equal(read.server, "127.0.0.1");
      assert.equal(read.share, "\\\\127.0.0.1\\s");
      assert.deepEqual(read.mount, ["/mnt/s"]);
      assert.equal(read.name, "data");
      assert.equal(read.pid, reader);
      assert.equal(read.comm, "dd");
      assert.match(read.session_id, /^0x[0-9a-f]+$/);
      assert.match(read.message_id, /^\d+$/);
      assert.ok(shown.every((row) => row.latency_ms >= 60), stdout);
      assert.ok(shown.every((row) => !/^cifsd/.test(row.comm)), stdout);
      checkLedger("smbslower", stderr, shown.length);
    });

    await t.step("-c, -x, -p and -d; two tools side by side", async () => {
      const reads = await startTool(vm, "smbslower -m 0 -c read --json");
      const others = await startTool(vm, "smbslower -m 0 -x SMB2_READ,echo -d 15 --json");
      await vm.check(`${READ}; ${WRITE}`);
      const onlyReads = rows((await stopTool(reads)).stdout);
      assert.ok(onlyReads.length > 0);
      assert.ok(onlyReads.every((row) => row.command === "SMB2_READ"));
      const rest = await others.wait();
      assert.equal(rest.code, 0);
      const commands = new Set(rows(rest.stdout).map((row) => row.command));
      assert.ok(commands.has("SMB2_WRITE") && commands.has("SMB2_CREATE"), [...commands].join());
      assert.ok(!commands.has("SMB2_READ"));
      checkLedger("smbslower", rest.stderr, rows(rest.stdout).length);
    });

    await t.step("-p shows one process only", async () => {
      await vm.check("mkfifo /root/go");
      const worker = await vm.start(
        `echo $BASHPID >/root/worker; read -r _ </root/go; exec ${READ}`,
      );
      await vm.check("while [ ! -s /root/worker ]; do usleep 20000; done");
      const pid = Number(await vm.check("cat /root/worker"));
      const tool = await startTool(vm, `smbslower -m 0 --json -p ${pid}`);
      await vm.check(`${READ}; echo >/root/go`);
      await worker.wait();
      const { stdout, stderr } = await stopTool(tool);
      const shown = rows(stdout);
      assert.ok(shown.some((row) => row.command === "SMB2_READ"), `${stdout} ${stderr}`);
      assert.ok(shown.every((row) => row.pid === pid), stdout);
      checkLedger("smbslower", stderr, shown.length);
    });

    await t.step("a hung READ is shown while it hangs and when it ends", async () => {
      const tool = await startTool(vm, "smbslower -m 500 -c READ --json");
      const slow = await slowReads(vm, 3000);
      await vm.check(READ);
      await slow.undo();
      const { stdout, stderr } = await stopTool(tool);
      const [hung, ended] = rows(stdout);
      assert.ok(hung && ended, `${stdout} ${stderr}`);
      assert.equal(hung.in_flight, true);
      assert.ok(hung.latency_ms >= 1000 && hung.latency_ms < 2500, `${hung.latency_ms} ms`);
      assert.equal(ended.in_flight, false);
      assert.ok(ended.latency_ms >= 3000, `${ended.latency_ms} ms`);
      assert.equal(ended.message_id, hung.message_id);
    });

    await t.step("smbiosnoop: EACCES with its NTSTATUS, benign answers left out", async () => {
      const denied = await deniedFile(vm);
      const all = await startTool(vm, "smbiosnoop --json");
      const none = await startTool(vm, "smbiosnoop -e ENOSPC,STATUS_DISK_FULL --json");
      await vm.run(`cat ${denied}; cat /mnt/s/nosuchfile; ls /mnt/s`);
      const result = await stopTool(all);
      const failures = rows(result.stdout);
      const failure = failures.find((row) => row.command === "SMB2_CREATE");
      assert.ok(failure, `${result.stdout} ${result.stderr}`);
      assert.equal(failure.status, "STATUS_ACCESS_DENIED");
      assert.equal(failure.error, "EACCES");
      assert.equal(failure.share, "\\\\127.0.0.1\\u");
      assert.equal(failure.comm, "cat");
      assert.ok(failures.every((row) => row.status !== "STATUS_OBJECT_NAME_NOT_FOUND"));
      checkLedger("smbiosnoop", result.stderr, failures.length);
      assert.equal((await stopTool(none)).stdout, "");
    });

    await t.step("plain columns in a pipe; a closed pipe ends quietly", async () => {
      const { code, stdout, stderr } = await vm.run(
        `(for i in $(seq 100); do usleep 200000; ${READ}; done) & ` +
          `${AOD_IN_GUEST} smbslower -m 0 -c READ -d 30 | head -3; kill $!`,
      );
      assert.equal(code, 0);
      assert.match(stderr, /^smbslower: tracing by \w+; Ctrl-C ends it\n$/);
      const [titles, first] = stdout.split("\n").map((line) => line.split("\t"));
      assert.deepEqual(titles.slice(0, 5), ["TIME", "PID", "COMM", "COMMAND", "LATENCY_MS"]);
      assert.equal(first.length, titles.length);
      assert.equal(first[2], "dd");
    });
  });
}

Deno.test("live tools: cifs absent, said once, waited for", async () => {
  await using vm = await bootVm({
    kernel: "6.12",
    autoloadCifs: false,
    memoryMb: 1024,
    files: await aodFile(),
  });
  const tool = await vm.start(`exec ${AOD_IN_GUEST} smbslower -m 0 --json`);
  await printed(vm, tool, /waiting for it/);
  await mountShare(vm); // loads cifs
  await printed(vm, tool, /tracing by/);
  await vm.check("echo something >/mnt/s/new.txt && sync /mnt/s/new.txt");
  const { code, stdout, stderr } = await stopTool(tool);
  assert.equal(code, 130);
  assert.equal(stderr.match(/waiting for it/g)?.length, 1);
  assert.ok(rows(stdout).length > 0, stderr);
  await unmount(vm, "/mnt/s");
  const unloaded = await unloadCifs(vm);
  assert.equal(unloaded.code, 0, unloaded.stderr);
});

Deno.test("live tools: a stopped server shows as a request in flight", async () => {
  await using vm = await bootVm({
    kernel: "6.12",
    mount: true,
    memoryMb: 1024,
    files: await aodFile(),
  });
  const tool = await startTool(vm, "smbslower --json");
  const stopped = await stopServer(vm);
  const hung = await vm.start("stat /mnt/s/nothing");
  await vm.check("usleep 2500000");
  const { stdout } = await stopTool(tool);
  await stopped.undo();
  await hung.wait();
  const inFlight = rows(stdout).filter((row) => row.in_flight);
  assert.ok(inFlight.length > 0, stdout);
  assert.ok(inFlight.every((row) => row.status === null && row.latency_ms >= 1000), stdout);
});
