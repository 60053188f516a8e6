/**
 * The completions: bash's is run, all three are held against the commands.
 * @module
 */
import assert from "node:assert/strict";
import { allCommands, optionsOf, programInfo } from "../../../packaging/commands.ts";
import { bashCompletion } from "../../../packaging/completions/bash.ts";
import { fishCompletion } from "../../../packaging/completions/fish.ts";
import { zshCompletion } from "../../../packaging/completions/zsh.ts";
import { SUBCOMMANDS } from "../../../src/cli/registry.ts";

const PROGRAM = await programInfo();

/** What bash offers for the last of these words. */
async function offered(...words: string[]): Promise<string[]> {
  const script = `${bashCompletion(PROGRAM)}
COMP_WORDS=(aod "$@"); COMP_CWORD=$#; _aod; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-uc", script, "bash", ...words],
    stdin: "null",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).split("\n").filter((word) => word !== "").sort();
}

Deno.test("the commands are those of the registry, each with its description", () => {
  const names = PROGRAM.commands.map(({ path }) => path[1]);
  assert.deepEqual(names.sort(), Object.keys(SUBCOMMANDS).sort());
  for (const { path, description } of allCommands(PROGRAM)) {
    assert.notEqual(description, "", path.join(" "));
  }
});

Deno.test("bash: commands, their options, the values of options", async () => {
  assert.deepEqual(await offered(""), Object.keys(SUBCOMMANDS).sort());
  assert.deepEqual(await offered("smb"), ["smbiosnoop", "smbslower"]);
  assert.deepEqual(await offered("bundle", ""), ["extract", "list", "show", "verify"]);
  assert.deepEqual(await offered("bundle", "list", "--js"), ["--json"]);
  assert.deepEqual(await offered("run", "--log-format", ""), ["json", "text"]);
  // Without a command it is aod run.
  assert.deepEqual(await offered("--log-f"), ["--log-format"]);
  assert.deepEqual(await offered("--log-format", "j"), ["json"]);
  assert.deepEqual(await offered("check", "--config", "/etc/hostn"), ["/etc/hostname"]);
  assert.deepEqual(await offered("trace", "--pid", ""), []);
  assert.deepEqual(await offered("nosuch", "--nosuch"), []);
});

Deno.test("zsh and fish: every command and every option, none else", () => {
  const [zsh, fish] = [zshCompletion(PROGRAM), fishCompletion(PROGRAM)];
  for (const command of allCommands(PROGRAM)) {
    const name = command.path.join("_");
    const body = zsh.match(new RegExp(`^_${name}\\(\\) \\{\\n([\\s\\S]*?)^\\}`, "m"))?.[1] ?? "";
    const named = [...body.matchAll(/^ +'(?:\(([^)]+)\)'\{|(-[^[]+)\[)/gm)]
      .flatMap(([, both, one]) => (both ?? one).split(" ")).sort();
    assert.deepEqual(named, optionsOf(command).flatMap(({ names }) => names).sort(), name);
  }
  const inFish = [...fish.matchAll(/ -([ls]) ([a-zA-Z-]+)(?= )/g)]
    .map(([, kind, name]) => `${kind === "l" ? "--" : "-"}${name}`).sort();
  const all = allCommands(PROGRAM).flatMap(optionsOf).flatMap(({ names }) => names).sort();
  assert.deepEqual(inFish, all);
  // Each line is one command of words and of strings that end.
  for (const line of fish.trimEnd().split("\n").slice(1)) {
    assert.match(line, /^complete -c aod(?: [a-zA-Z-]+| '(?:[^'\\]|\\.)*')+$/);
  }
});
