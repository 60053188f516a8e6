/**
 * The demonstration, `./build.sh demo`: a guest with a real SMB share, ./aod on its embedded
 * configuration, a slow disk, a refused file, and the bundles that aod made of it.
 * @module
 */
import { join } from "node:path";
import { styleText } from "node:util";
import { AOD_IN_GUEST, aodFile } from "./support/aod.ts";
import { ROOT } from "./support/cache.ts";
import { deniedFile, slowReads } from "./support/faults.ts";
import { type BackgroundCommand, bootVm, type Vm } from "./support/vm.ts";

/** Where the bundles are copied to. */
const TARGET = join(ROOT, "build", "demo");
const OUTPUT = "/var/log/aod";
const BUNDLES = `${OUTPUT}/batches`;
const REQUEST_LINES = 6;

function say(text: string): void {
  const title = `== ${text}`;
  console.log(`\n${Deno.stdout.isTerminal() ? styleText("bold", title) : title}`);
}

/** Longest wait for something that aod is to do; TCG on a busy host is slow. */
const PATIENCE_MS = 90_000;

/** Polls until it is true. @throws Error with aod's log when it does not come, or aod ends. */
async function waitFor(
  what: string,
  agent: BackgroundCommand,
  isThere: () => Promise<boolean>,
): Promise<void> {
  for (const begun = performance.now(); performance.now() - begun < PATIENCE_MS;) {
    if (await isThere()) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const { stdout, stderr } = await agent.output();
  throw new Error(`Cannot show ${what}: because it did not come; aod said:\n${stdout}${stderr}`);
}

/** Sealed bundles in the guest, oldest first. */
async function sealed(vm: Vm): Promise<string[]> {
  const text = await vm.check(`ls ${BUNDLES} 2>/dev/null | grep '\\.tar\\.zst$' | sort; true`);
  return text.split("\n").filter((name) => name !== "");
}

async function showBundle(vm: Vm, name: string): Promise<void> {
  await Deno.mkdir(TARGET, { recursive: true });
  const copy = join(TARGET, name);
  await Deno.writeFile(copy, await vm.get(`${BUNDLES}/${name}`));
  const extract = new Deno.Command("tar", {
    args: ["--zstd", "-xf", copy, "-C", TARGET],
    stdout: "null",
    stderr: "inherit",
  });
  if (!(await extract.output()).success) throw new Error(`Cannot unpack ${copy}`);
  const directory = copy.replace(/\.tar\.zst$/, "");
  console.log((await Deno.readTextFile(join(directory, "README.txt"))).trimEnd());
  console.log("\nFiles:");
  for (const entry of [...Deno.readDirSync(directory)].map(({ name }) => name).sort()) {
    const { size } = Deno.statSync(join(directory, entry));
    console.log(`  ${String(size).padStart(9)}  ${entry}`);
  }
  console.log(`\nThe first lines of requests.jsonl:`);
  const requests = await Deno.readTextFile(join(directory, "requests.jsonl"));
  for (const line of requests.split("\n").slice(0, REQUEST_LINES)) {
    console.log(`  ${line.slice(0, 240)}`);
  }
  console.log(`\nCopied to ${copy}`);
}

const started = performance.now();
await Deno.remove(TARGET, { recursive: true }).catch(() => {});
say("Booting Linux 6.12 in qemu with a Samba server, mounting its share by CIFS");
await using vm = await bootVm({
  kernel: "6.12",
  mount: true,
  memoryMb: 1536,
  files: await aodFile(),
});
await vm.check(`mkdir -p ${OUTPUT} && mount -t tmpfs -o size=600m,mode=0700 tmpfs ${OUTPUT}`);
await vm.check("dd if=/dev/urandom of=/srv/share/data bs=64k count=16 2>/dev/null");
console.log(`ready after ${((performance.now() - started) / 1000).toFixed(1)} s`);

say("Starting aod on its embedded configuration");
const agent = await vm.start(`exec ${AOD_IN_GUEST}`);
await waitFor(
  "the agent",
  agent,
  async () => {
    const { stderr } = await agent.output();
    // The platform starts last; an emulated processor needs some seconds for it.
    return /probe attached/.test(stderr) && /platform: serving/.test(stderr);
  },
);
console.log((await agent.output()).stderr.trimEnd());

say("Making the server's disk slow: each READ takes 1.5 s");
{
  await using _slow = await slowReads(vm, 1500);
  await vm.check("dd if=/mnt/s/data iflag=direct bs=64k count=2 of=/dev/null 2>/dev/null");
}
say("Reading a file that the server refuses, forty times");
const denied = await deniedFile(vm);
await vm.run(`for i in $(seq 40); do cat ${denied}; done`);

say("Waiting for the bundles");
await waitFor("two bundles", agent, async () => (await sealed(vm)).length >= 2);
console.log((await vm.check(`${AOD_IN_GUEST} bundle list`)).trimEnd());
say("The host and its share, as aod top and the dashboard show them");
const top = await vm.run(`${AOD_IN_GUEST} top --once`);
console.log(`${top.stdout}${top.stderr}`.trimEnd());
for (const name of await sealed(vm)) {
  say(name);
  await showBundle(vm, name);
}

say("Stopping aod");
await agent.kill("TERM");
const { code, stderr } = await agent.wait();
console.log(stderr.trimEnd());
console.log(`aod ended with ${code}`);
