/**
 * `aod version` and the command line of the built program.
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { AOD, aod, CHECKOUT, runCommand } from "../support/program.ts";

Deno.test("version names aod, the end of the build, Deno, libbpf and every BPF object", async () => {
  const { code, stdout, stderr } = await aod("version", "--json");
  assert.equal(stderr, "");
  assert.equal(code, 0);
  const versions = JSON.parse(stdout);
  const { version } = JSON.parse(Deno.readTextFileSync(`${CHECKOUT}/deno.json`));
  assert.equal(versions.aod, version);
  assert.ok(["launcher", "compile"].includes(versions.end), versions.end);
  const pinned = JSON.parse(Deno.readTextFileSync(`${CHECKOUT}/packaging/deno/package.json`));
  assert.equal(versions.deno, pinned.dependencies.deno);
  assert.match(versions.libbpf, /^\d+\.\d+$/);
  const built = [...Deno.readDirSync(`${CHECKOUT}/build/bpf`)].map((entry) => entry.name);
  const objects = built.filter((name) => name.endsWith(".bpf.o")).sort();
  assert.deepEqual(versions.objects.map((object: { name: string }) => object.name), objects);
  for (const object of versions.objects) {
    const bytes = Deno.readFileSync(`${CHECKOUT}/build/bpf/${object.name}`);
    assert.equal(object.sha256, createHash("sha256").update(bytes).digest("hex"));
  }
});

Deno.test("version prints the same for people", async () => {
  const { code, stdout } = await aod("version");
  assert.equal(code, 0);
  assert.match(stdout, /^aod \d+\.\d+\.\d+( \([0-9a-f]{12}(\+changes)?\))?, (launcher|compile), /);
  assert.match(stdout, /^deno \d/m);
  assert.match(stdout, /^libbpf \d/m);
  assert.match(stdout, /^smb\.bpf\.o [0-9a-f]{16} \(\d+ bytes\)$/m);
});

Deno.test("version --licenses prints our licence, what is linked in, and the GNU texts", async () => {
  const { code, stdout } = await aod("version", "--licenses");
  assert.equal(code, 0);
  const parts = [/^MIT License$/m, /^libelf \(elfutils\)/m, /^Relinking\./m];
  parts.push(/GNU LESSER GENERAL PUBLIC LICENSE\s+Version 3/);
  parts.push(/GNU LESSER GENERAL PUBLIC LICENSE\s+Version 2\.1/);
  for (const part of parts) assert.match(stdout, part);
});

Deno.test("every subcommand has help with examples, and help lists every subcommand", async () => {
  const help = await aod("--help");
  assert.equal(help.code, 0);
  const commands = [...help.stdout.matchAll(/^ {2}([a-z]+)\b.*$/gm)].map((match) => match[1]);
  const names = commands.filter((name) => name !== "help" && name !== "aod");
  assert.ok(names.includes("version"));
  for (const name of names) {
    const { code, stdout } = await aod(name, "--help");
    assert.equal(code, 0, name);
    assert.match(stdout, /^Examples:\n {2}(sudo )?aod /m, `aod ${name} --help has no examples`);
  }
});

Deno.test("an unknown subcommand or option is a usage error: exit 2, one hint, no output", async () => {
  for (const args of [["versoin"], ["version", "--jsn"], ["version", "surplus"]]) {
    const { code, stdout, stderr } = await aod(...args);
    assert.equal(code, 2, args.join(" "));
    assert.equal(stdout, "");
    assert.match(stderr, /^aod: /);
  }
});

Deno.test("a closed pipe ends the program quietly", async () => {
  const pipeline = `${AOD} version --licenses | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await runCommand("/bin/bash", ["-c", pipeline]);
  assert.equal(stdout, "MIT License\n0\n");
  assert.equal(stderr, "");
});
