/**
 * What the README and the doc comments say, held against the program.
 * @module
 */
import assert from "node:assert/strict";
import { EXIT } from "../../../src/cli/exit.ts";
import { SUBCOMMANDS } from "../../../src/cli/registry.ts";

const CHECKOUT = new URL("../../../", import.meta.url).pathname.replace(/\/$/, "");
const README = Deno.readTextFileSync(`${CHECKOUT}/README.md`);

Deno.test("the README's table names every subcommand and no other", () => {
  const named = [...README.matchAll(/^\| `aod ?([a-z]*)` /gm)].map(([, name]) => name || "run");
  assert.deepEqual(named.sort(), Object.keys(SUBCOMMANDS).sort());
});

Deno.test("README and operations.md name the exit codes that there are", () => {
  for (const path of ["README.md", "docs/operations.md"]) {
    const text = Deno.readTextFileSync(`${CHECKOUT}/${path}`);
    const line = text.match(/^Exit codes: ([\s\S]*?)\n\n/m)?.[1] ?? "";
    for (const code of Object.values(EXIT)) {
      assert.match(line, new RegExp(`\\b${code} `), `${code} in ${path}`);
    }
  }
});

Deno.test("every page of docs/ is linked from the README", () => {
  for (const { name } of Deno.readDirSync(`${CHECKOUT}/docs`)) {
    if (name.endsWith(".md")) assert.ok(README.includes(`](docs/${name})`), name);
  }
});

Deno.test("doc comments: deno doc --lint is clean", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "doc"],
    cwd: CHECKOUT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr).slice(0, 4000));
});
