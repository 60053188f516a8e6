/** What is seen of a 32-bit program: its execs, forks and exits, and that it makes calls. @module */
import assert from "node:assert/strict";
import { logShell } from "../../support/event_log/shell.ts";
import "../../support/libraries.ts";

const SOURCE = new URL("compat.c", import.meta.url).pathname;

/** The program, or null where it cannot be made or run here. */
async function compat(directory: string): Promise<string | null> {
  if (Deno.build.arch !== "x86_64") return null;
  const path = `${directory}/compat`;
  const flags = ["-m32", "-O1", "-nostdlib", "-static", "-fno-pic", "-o", path, SOURCE];
  if (!(await new Deno.Command("gcc", { args: flags }).output()).success) return null;
  try {
    return (await new Deno.Command(path).output()).success ? path : null;
  } catch {
    return null; // a kernel without IA32_EMULATION
  }
}

Deno.test("a 32-bit program: its exec is seen, its calls are counted and not misread", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "aod-compat-" });
  try {
    const program = await compat(directory);
    if (program === null) {
      console.log("no 32-bit program can be made and run here: nothing was looked at");
      return;
    }
    const shell = await logShell(`exec ${program} argument`, {
      types: ["KILL", "EXEC", "EXIT", "MMAP"],
    });
    assert.equal(shell.code, 0);
    const maps = shell.events.filter(({ type }) => type === "MMAP");
    assert.ok(maps.length > 0, "mmap of /bin/true");
    assert.equal(maps.some(({ result }) => result < 0), false);
    const events = shell.events.filter(({ type }) => type !== "MMAP");
    assert.deepEqual(events.map(({ type }) => type), ["EXEC", "EXEC", "EXIT"]);
    const [native, other] = events;
    assert.equal(native.call, "EXECVE");
    assert.equal(native.path, Deno.realPathSync(program));
    assert.ok(native.duration_ns > 0n && !native.flags.has("NO_START"));
    // The call itself is one of another table: when it began is not known.
    assert.equal(other.number, -1);
    assert.ok(other.flags.has("NO_START"));
    assert.equal(other.path, Deno.realPathSync("/bin/true"));
    assert.equal(other.items.argv, "7472756500" + "66726f6d203332206269747300");
    assert.deepEqual(other.args.slice(0, 3), [BigInt(shell.pid), -1n, 0n]);
    // Its link has the number of mmap.
    assert.ok(shell.counters.compat.total >= 1n);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("a 32-bit program renames a directory: paths told before are told anew", async () => {
  const directory = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "aod-compat-" }));
  try {
    const program = await compat(directory);
    if (program === null) {
      console.log("no 32-bit program can be made and run here: nothing was looked at");
      return;
    }
    Deno.mkdirSync(`${directory}/before/below`, { recursive: true });
    // On one CPU: each keeps the paths that it has told.
    const commands = "taskset -p 1 $$ > /dev/null; exec 4>before/below/file; " +
      `echo 1 >&4; ${program}; echo 2 >&4`;
    const shell = await logShell(commands, { types: ["WRITE"], cwd: directory });
    assert.equal(shell.code, 0);
    const paths = shell.events.map(({ path }) => path);
    assert.deepEqual(paths, [`${directory}/before/below/file`, `${directory}/after/below/file`]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
