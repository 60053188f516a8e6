/**
 * What the program prints on a terminal and elsewhere.
 * @module
 */
import assert from "node:assert/strict";
import { onFreePort, smbPartsOnly, withOutput } from "../support/embedded.ts";
import { AOD, aod, runCommand } from "../support/program.ts";

const ESCAPE = "\x1b[";
const ENVIRONMENT = { PATH: "/usr/bin:/bin", TERM: "xterm-256color" };

/** Runs a command line on a pseudo-terminal, by script(1). */
function onTerminal(command: string, env: Record<string, string> = ENVIRONMENT) {
  return runCommand("/usr/bin/script", ["-qec", command, "/dev/null"], env);
}

Deno.test("colours only on a terminal, and not where NO_COLOR asks for none", async () => {
  const terminal = await onTerminal(`${AOD} doctor`);
  assert.ok(terminal.stdout.includes(ESCAPE), terminal.stdout);
  const plain = await onTerminal(`${AOD} doctor`, { ...ENVIRONMENT, NO_COLOR: "1" });
  assert.ok(!plain.stdout.includes(ESCAPE), plain.stdout);
  const pipe = await aod("doctor");
  assert.ok(!(pipe.stdout + pipe.stderr).includes(ESCAPE), pipe.stdout);
  assert.match(pipe.stdout, /^ok +kernel /m);
});

Deno.test("--json is the same on a terminal: one object a line, nothing else", async () => {
  const { stdout } = await onTerminal(`${AOD} doctor --json`);
  for (const line of stdout.trim().split("\n")) {
    assert.ok(["ok", "warn", "fail"].includes(JSON.parse(line).status), line);
  }
});

/** The agent on a terminal until its output matches, then Ctrl-C; everything it said. */
async function agentUntil(pattern: RegExp, text: string): Promise<string> {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  try {
    Deno.writeTextFileSync(`${dir}/aod.yaml`, withOutput(`${dir}/out`, text));
    const command = `timeout 60 ${AOD} --config ${dir}/aod.yaml --run-dir ${dir}/run`;
    const child = new Deno.Command("/usr/bin/script", {
      args: ["-qec", command, "/dev/null"],
      clearEnv: true,
      env: ENVIRONMENT,
      stdin: "null",
      stdout: "piped",
    }).spawn();
    let said = "";
    let interrupted = false;
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      said += chunk;
      if (interrupted || !pattern.test(said)) continue;
      interrupted = true;
      Deno.kill(Number(Deno.readTextFileSync(`${dir}/run/aod.lock`)), "SIGINT");
    }
    assert.equal((await child.status).code, 0, said);
    assert.ok(interrupted, said);
    return said.replaceAll("\r\n", "\n").replaceAll(dir, "DIR");
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

Deno.test("the embedded default: what it watches, what was initialised with true counts, how to stop it", async () => {
  const text = onFreePort((await aod("config", "default")).stdout);
  const said = await agentUntil(/Platform initialization complete/, text);
  assert.match(said, /watching for latency, error, reconnect, credit \(DIR\/aod\.yaml\)/);
  assert.ok(said.includes("bundles go to DIR/out/batches"), said);
  assert.match(said, /Ctrl-C drains and stops/);
  assert.match(said, /platform: serving http:\/\/127\.0\.0\.1:\d+, token in DIR\/out\/api\.token/);
  const lines = [...said.matchAll(/ INFO platform: (✓ .*)$/gm)].map((match) => match[1]);
  assert.deepEqual(lines.map((line) => line.replace(/:\d+$/, ":PORT")), [
    "✓ Event bus initialized (10000 events, drop_oldest)",
    "✓ Stream processor initialized (1000 points a metric, 5000 events)",
    "✓ Initialized 6 user-space collectors (cpu, memory, disk, network, process, smb)",
    "✓ ML pipelines initialized (z_score, three_sigma, isolation_forest, trends)",
    "✓ API server listening on http://127.0.0.1:PORT",
    "✓ Platform initialization complete",
  ]);
  assert.match(said, /controller: stopped\n$/);
});

Deno.test("SMB alone: nothing is said of what is off", async () => {
  const text = smbPartsOnly((await aod("config", "default")).stdout);
  const said = await agentUntil(/Ctrl-C drains and stops/, text);
  assert.doesNotMatch(said, /platform|✓/i);
});

Deno.test("on a terminal nothing is said but what the command says", async () => {
  const { stdout } = await onTerminal(`${AOD} check`);
  assert.match(stdout, /^embedded default: OK \([^\n]*\)\r?\n$/);
});
