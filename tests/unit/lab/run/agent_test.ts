/**
 * Unit tests of src/lab/run/agent.ts with small programs in the agent's place.
 * @module
 */
import assert from "node:assert/strict";
import { AgentError, type AgentSetup, LabAgent } from "../../../../src/lab/run/agent.ts";
import { processExists } from "../../../../src/os/process.ts";

const NEVER = new AbortController().signal;

/** A shell script as the agent; it gets the agent's arguments. */
function setup(script: string, changes: Partial<AgentSetup> = {}): AgentSetup {
  return {
    config_path: "/etc/aod.yaml",
    run_dir: "/run/lab",
    answers: () => Promise.resolve(false),
    abort: NEVER,
    program: (args) => ({
      path: "/bin/sh",
      args: ["-c", script, "sh", ...args],
      env: { PATH: "/usr/bin:/bin", NOTIFY_SOCKET: "/run/manager", KEPT: "yes" },
    }),
    ...changes,
  };
}

Deno.test("it is started with its own socket and without the manager's, awaited, and stopped", async () => {
  const file = Deno.makeTempFileSync();
  const script = `echo "$* $NOTIFY_SOCKET $KEPT" >${file}; trap 'exit 0' TERM; ` +
    `while :; do sleep 0.01; done`;
  try {
    const agent = await LabAgent.start(setup(script, {
      answers: (run_dir) =>
        Promise.resolve(run_dir === "/run/lab" && Deno.readTextFileSync(file) !== ""),
    }));
    assert.ok(agent !== null);
    assert.equal(agent.ended, false);
    const args = "run --config /etc/aod.yaml --run-dir /run/lab  yes\n";
    assert.equal(Deno.readTextFileSync(file), args);
    assert.equal(await agent.stop(), true);
    assert.equal(processExists(agent.pid), false);
    assert.equal(agent.ended, true);
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test("one that ends before it is ready: its exit code and its last lines", async () => {
  await assert.rejects(LabAgent.start(setup("echo no BTF >&2; exit 3")), (error) => {
    assert.ok(error instanceof AgentError);
    assert.equal(error.message, "Cannot start the agent: because it ended\nno BTF");
    assert.equal(error.exit_code, 3);
    return true;
  });
  const missing = setup("", { program: () => ({ path: "/nonexistent", args: [], env: {} }) });
  await assert.rejects(LabAgent.start(missing), /^AgentError: Cannot start the agent: because /);
});

Deno.test("an abort before it is ready stops it", async () => {
  const file = Deno.makeTempFileSync();
  const controller = new AbortController();
  try {
    const agent = await LabAgent.start(setup(`echo $$ >${file}; exec sleep 600`, {
      abort: controller.signal,
      answers: () => {
        if (Deno.readTextFileSync(file).endsWith("\n")) controller.abort();
        return Promise.resolve(false);
      },
    }));
    assert.equal(agent, null);
    assert.equal(processExists(Number(Deno.readTextFileSync(file))), false);
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test("one that is killed did not end by itself", async () => {
  const agent = await LabAgent.start(
    setup("exec sleep 600", { answers: () => Promise.resolve(true) }),
  );
  assert.ok(agent !== null);
  agent.kill();
  const { exit_code, message } = await agent.failure("The agent ended during a round");
  assert.deepEqual([exit_code, message], [null, "The agent ended during a round"]);
});
