/**
 * The manual pages: everything that the commands and the schema have is in them, and they are roff.
 * @module
 */
import assert from "node:assert/strict";
import { allCommands, programInfo } from "../../../packaging/commands.ts";
import { aodPage } from "../../../packaging/man/aod_1.ts";
import { configPage } from "../../../packaging/man/aod_yaml_5.ts";
import { escape } from "../../../packaging/man/roff.ts";
import { EXIT } from "../../../src/cli/exit.ts";
import { configReference } from "../../../src/config/reference.ts";

const SAMPLE = Deno.readTextFileSync(new URL("../../../config/aod.yaml", import.meta.url));
const PROGRAM = await programInfo();
const PAGES = {
  "aod.1": aodPage(PROGRAM, "0.1.0", "2026-01-31"),
  "aod.yaml.5": configPage(SAMPLE, "0.1.0", "2026-01-31"),
};

/** A term of the page, as roff has it. */
function hasTerm(page: string, text: string): boolean {
  return page.includes(`\n.B "${escape(text).replaceAll('"', "\\(dq")}"\n`);
}

Deno.test("aod(1): every command with every option, the exit codes, the examples", () => {
  const page = PAGES["aod.1"];
  for (const command of allCommands(PROGRAM).slice(1)) {
    const heading = `\n.SS "${escape(command.path.join(" "))}`;
    assert.ok(page.includes(`${heading} `) || page.includes(`${heading}"`), heading);
    for (const { flags } of command.options) assert.ok(hasTerm(page, flags), flags);
  }
  for (const code of Object.values(EXIT)) assert.ok(hasTerm(page, String(code)), `${code}`);
  assert.ok(page.includes("sudo aod bundle show"));
});

Deno.test("aod.yaml(5): every key of the schema with its description; the file as installed", () => {
  const page = PAGES["aod.yaml.5"];
  for (const { key, description } of configReference()) {
    assert.ok(hasTerm(page, key), key);
    assert.ok(page.includes(escape(description)), key);
  }
  assert.ok(page.includes(escape(SAMPLE.trimEnd())));
});

Deno.test("roff: nothing that is escaped becomes a request or is changed", () => {
  assert.equal(escape(".so /etc/x\n'br\na-b\\n"), "\\&.so /etc/x\n\\&'br\na\\-b\\en");
  assert.equal(escape("ü€"), "\\[u00FC]\\[u20AC]");
});

for (const [name, page] of Object.entries(PAGES)) {
  Deno.test(`${name}: only requests of man(7), text in ASCII, lines that end`, () => {
    const requests = "TH SH SS PP TP B nf fi br nh ad".split(" ");
    for (const [, request] of page.matchAll(/^\.(\S*)/gm)) {
      assert.ok(requests.includes(request), request);
    }
    assert.doesNotMatch(page, /[^\n\x20-\x7e]/);
    assert.doesNotMatch(page, /^'/m);
    assert.equal(page.match(/^\.nf$/gm)?.length, page.match(/^\.fi$/gm)?.length);
    assert.match(page, /^\.TH "[A-Z.]+" "[15]" "2026\\-01\\-31" "aod 0\.1\.0"\n/);
  });
}
