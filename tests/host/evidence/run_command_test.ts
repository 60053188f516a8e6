/**
 * Children that misbehave, with real programs.
 * @module
 */
import assert from "node:assert/strict";
import { type CommandRequest, runCommand } from "../../../src/evidence/run_command.ts";

async function run(argv: string[], over: Partial<CommandRequest> = {}) {
  let text = "";
  let bytes = 0;
  const result = await runCommand({
    argv,
    timeout_ms: 5_000,
    max_output_bytes: 65_536,
    onStdout: (chunk) => {
      bytes += chunk.byteLength;
      text += new TextDecoder().decode(chunk);
      return Promise.resolve();
    },
    ...over,
  });
  return { ...result, text, bytes };
}

/** Processes whose command line contains `mark`. */
function alive(mark: string): number[] {
  const pids: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const line = Deno.readTextFileSync(`/proc/${name}/cmdline`);
      const state = /^State:\t(.)/m.exec(Deno.readTextFileSync(`/proc/${name}/status`))?.[1];
      if (line.includes(mark) && state !== "Z" && Number(name) !== Deno.pid) {
        pids.push(Number(name));
      }
    } catch {
      // It has ended.
    }
  }
  return pids;
}

Deno.test("output, standard error and exit status are kept; no shell, clean environment", async () => {
  const plain = await run(["printf", "%s|%s", "a b", "$HOME;`id`"]);
  assert.deepEqual([plain.status, plain.exit_code, plain.text], ["ok", 0, "a b|$HOME;`id`"]);
  const failed = await run(["sh", "-c", "echo out; echo err >&2; exit 3"]);
  assert.deepEqual([failed.status, failed.exit_code], ["failed", 3]);
  assert.deepEqual([failed.text, failed.stderr], ["out\n", "err\n"]);
  Deno.env.set("AOD_TEST_SECRET", "x");
  const env = await run(["env"]);
  Deno.env.delete("AOD_TEST_SECRET");
  assert.deepEqual(env.text.trim().split("\n").map((line) => line.split("=")[0]).sort(), [
    ...["HOME", "LC_ALL", "PATH"],
  ]);
});

Deno.test("a program that is not installed is named, with the package that has it", async () => {
  const missing = await run(["aod-no-such-program"]);
  assert.equal(missing.status, "missing");
  assert.match(missing.note, /^Cannot run aod-no-such-program: because it is not installed/);
  const noexec = await run(["/etc/passwd"]);
  assert.equal(noexec.status, "missing");
});

Deno.test("a child that hangs is ended with its whole group", async () => {
  const mark = "31415.91";
  const result = await run(["sh", "-c", `trap '' TERM; sleep ${mark} & sleep ${mark}; wait`], {
    timeout_ms: 100,
  });
  assert.deepEqual([result.status, result.signal], ["timeout", "SIGKILL"]);
  assert.deepEqual(alive(mark), []);
});

Deno.test("a child that ends on SIGTERM is not killed", async () => {
  const result = await run(["sh", "-c", "trap 'echo bye; exit 7' TERM; sleep 60 & wait"], {
    timeout_ms: 100,
  });
  assert.deepEqual([result.status, result.exit_code, result.text], ["timeout", 7, "bye\n"]);
});

Deno.test("a grandchild that holds the pipe does not hang the runner", async () => {
  const mark = "31415.92";
  const result = await run(["sh", "-c", `echo out; sleep ${mark} & exit 0`]);
  assert.deepEqual([result.status, result.exit_code, result.text], ["ok", 0, "out\n"]);
  assert.match(result.note, /grandchild/);
  assert.deepEqual(alive(mark), []);
});

Deno.test("a grandchild in a session of its own does not hang it either", async () => {
  const mark = "31415.93";
  const result = await run(["sh", "-c", `echo out; setsid sleep ${mark} & sleep 0.1; exit 0`]);
  assert.deepEqual([result.status, result.text], ["ok", "out\n"]);
  for (const pid of alive(mark)) Deno.kill(pid, "SIGKILL"); // out of the group's reach by design
});

Deno.test("a child that prints 1 GB is cut and ended; memory stays bounded", async () => {
  const before = Deno.memoryUsage().rss;
  const result = await run(["head", "-c", "1000000000", "/dev/zero"]);
  assert.deepEqual([result.status, result.bytes], ["truncated", 65_536]);
  assert.match(result.note, /cut at 65536 bytes/);
  assert.ok(Deno.memoryUsage().rss - before < 64 * 2 ** 20);
  const stderr = await run(["sh", "-c", "exec head -c 1000000000 /dev/zero >&2"]);
  assert.equal(stderr.status, "truncated");
  assert.ok(stderr.stderr.length <= 4_096);
});

Deno.test("exactly the cap is not cut", async () => {
  const result = await run(["head", "-c", "65536", "/dev/zero"]);
  assert.deepEqual([result.status, result.bytes], ["ok", 65_536]);
});

Deno.test("a sink that fails ends the child and is named", async () => {
  const result = await run(["yes"], { onStdout: () => Promise.reject(new Error("disk full")) });
  assert.deepEqual([result.status, result.note], [
    ...["failed", "Cannot keep the output: because disk full"],
  ]);
});

Deno.test("an abort ends it at once", async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 50);
  const result = await run(["sleep", "31415.94"], { abort: abort.signal });
  assert.deepEqual([result.status, result.signal], ["killed", "SIGKILL"]);
  const early = await run(["sleep", "31415.95"], { abort: AbortSignal.abort() });
  assert.equal(early.status, "killed");
  assert.deepEqual(alive("31415.9"), []);
});

Deno.test("of long error output the last whole lines are kept: no half of a secret", async () => {
  const lines = "seq 1 2000 | sed 's/.*/password=hunter2hunter2hunter2/' >&2; echo last >&2";
  const { stderr, stderr_bytes } = await run(["sh", "-c", lines]);
  assert.ok(stderr_bytes > 60_000 && stderr.length <= 4_096 && stderr.length > 4_000);
  assert.ok(stderr.startsWith("password=") && stderr.endsWith("\nlast\n"));
});
