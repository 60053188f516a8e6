/**
 * `aod check` and `aod config` of the built program.
 * @module
 */
import assert from "node:assert/strict";
import { aod, CHECKOUT } from "../support/program.ts";

const FIXTURES = `${CHECKOUT}/tests/fixtures/config`;

function filesOf(directory: string): string[] {
  return [...Deno.readDirSync(directory)].filter((f) => f.isFile).map((f) => f.name).sort();
}

Deno.test("check: the embedded default and every example of the seeds can run", async () => {
  assert.match((await aod("check")).stdout, /^embedded default: OK \(4 anomalies: /);
  for (const file of filesOf(FIXTURES)) {
    const { code, stdout } = await aod("check", "--config", `${FIXTURES}/${file}`);
    assert.equal(code, 0, file);
    assert.match(stdout, /: OK \(/, file);
  }
});

Deno.test("check: all faults at once on stderr, exit 2, nothing on stdout", async () => {
  const path = Deno.makeTempFileSync({ suffix: ".yaml" });
  try {
    Deno.writeTextFileSync(
      path,
      "watch_interval_sec: 0\nguardian:\n  anomalies:\n    a: {type: Latenci, tool: x, actions: []}\nunknwn: 1\n",
    );
    const { code, stdout, stderr } = await aod("check", "--config", path);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    const lines = stderr.trimEnd().split("\n");
    assert.equal(lines.length, 4, stderr);
    assert.ok(lines[0].startsWith(`${path}:1:21: watch_interval_sec: expected a number from 0.1`));
    assert.ok(lines[1].startsWith(`${path}:4:15: guardian.anomalies.a.type: expected one of `));
    assert.ok(lines[2].startsWith(`${path}:5:1: unknwn: unknown key "unknwn"`));
    assert.equal(lines[3], `${path}: 3 faults`);
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("check: a metric that no host has is a warning", async () => {
  const path = Deno.makeTempFileSync({ suffix: ".yaml" });
  try {
    const metrics = '["cpu.totl", "disk.*.await_ms", host]';
    Deno.writeTextFileSync(
      path,
      `collectors: {}\nml: {}\nguardian: {anomalies: {a: {type: Metric, metrics: ${metrics}, actions: [host]}}}\n`,
    );
    const { code, stdout, stderr } = await aod("check", "--config", path);
    assert.equal(code, 0);
    assert.match(stdout, /: OK \(1 anomaly: a, 1 warning\)\n$/);
    const message = 'guardian.anomalies.a.metrics: no metric has a key like "cpu.totl"';
    assert.equal(stderr, `warning: ${path}:1:1: ${message}\n`);
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("check --json: one object a line, the result last", async () => {
  const file = `${FIXTURES}/seed_full.yaml`;
  const { code, stdout, stderr } = await aod("check", "--config", file, "--json");
  assert.equal(code, 0);
  assert.equal(stderr, "");
  const objects = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(objects.slice(0, -1).map((d) => [d.severity, d.line, d.column]), [
    ["warning", 23, 11],
    ["warning", 24, 11],
    ["warning", 25, 11],
  ]);
  assert.deepEqual(objects.at(-1), {
    file,
    ok: true,
    warnings: 3,
    errors: 0,
    anomalies: ["latency", "error"],
  });
});

Deno.test("check: hostile files end with 0 or 2 and a place, never a stack trace", async () => {
  const hostile = `${FIXTURES}/hostile`;
  for (const file of filesOf(hostile)) {
    const { code, stdout, stderr } = await aod("check", "--config", `${hostile}/${file}`);
    assert.ok(code === 0 || code === 2, `${file}: ${code} ${stderr}`);
    if (code === 0) assert.match(stdout, /: OK \(/, file);
    else assert.match(stderr, /:\d+:\d+: /, file);
    assert.doesNotMatch(stderr, /\n\s+at /, file);
    assert.doesNotMatch(stderr.replaceAll("\n", ""), /\p{Cc}/u, file);
  }
});

Deno.test("check: files that cannot be read", async () => {
  for (const path of ["/nonexistent/aod.yaml", "/", "/dev/zero", "/proc/self/mem", ""]) {
    const { code, stderr } = await aod("check", "--config", path);
    assert.equal(code, 2, path);
    assert.match(stderr, /:1:1: Cannot read the configuration: because /, path);
  }
});

Deno.test("config default: what it prints checks without a warning", async () => {
  const path = Deno.makeTempFileSync({ suffix: ".yaml" });
  try {
    Deno.writeTextFileSync(path, (await aod("config", "default")).stdout);
    const { code, stderr } = await aod("check", "--config", path);
    assert.equal(stderr, "");
    assert.equal(code, 0);
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("config schema: a JSON Schema", async () => {
  const { code, stdout } = await aod("config", "schema");
  assert.equal(code, 0);
  const schema = JSON.parse(stdout);
  assert.equal(schema.properties.watch_interval_sec.default, 1);
  assert.equal(schema.additionalProperties, false);
});

Deno.test("config show: effective values, of one anomaly, as JSON", async () => {
  const file = `${FIXTURES}/seed_full.yaml`;
  const text = await aod("config", "show", "--config", file);
  assert.equal(text.code, 0);
  assert.match(text.stdout, /SMB2_WRITE:\n\s+threshold_ms: 50\n\s+emergency_ms: 1000\n/);
  assert.match(text.stdout, /SMB2_READ:\n\s+threshold_ms: 20\n/);
  const one = await aod("config", "show", "--config", file, "--anomaly", "error", "--json");
  const shown = JSON.parse(one.stdout);
  assert.deepEqual(shown.track_codes, ["EACCES (13)", "EAGAIN (11)", "EIO (5)"]);
  assert.equal(shown.cooldown_sec, 30);
  const none = await aod("config", "show", "--config", file, "--anomaly", "latancy");
  assert.equal(none.code, 2);
  assert.match(none.stderr, /did you mean "latency"\?/);
  const bad = await aod("config", "show", "--config", `${FIXTURES}/hostile/empty.yaml`);
  assert.equal(bad.code, 2);
  assert.equal(bad.stdout, "");
});
