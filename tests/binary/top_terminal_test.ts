/**
 * The live screen of `aod top` on a real terminal: it draws, goes on, follows the window's size, and
 * gives the terminal back as it was.
 * @module
 */
import assert from "node:assert/strict";
import { AOD } from "../support/program.ts";
import { PseudoTerminal } from "../support/pseudo_terminal.ts";
import { startAod } from "../support/service/built_agent.ts";
import { platformConfig, QUICK, TestApi } from "../support/service/platform.ts";
import type { TestAgent } from "../support/service/agent.ts";

/** xterm: alternate screen, and the cursor hidden; and back. */
const [ENTER, LEAVE] = ["\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"];
const HOME = "\x1b[H";
const BELOW = "\x1b[J";

/** The pictures that were drawn whole, as lines without what steers the terminal. */
function pictures(text: string): string[][] {
  const [, ...drawn] = text.split(HOME);
  return drawn.filter((picture) => picture.includes(BELOW)).map((picture) =>
    picture.slice(0, picture.indexOf(BELOW)).split(/\r*\n/).slice(0, -1)
      .map((line) => line.replace("\x1b[K", ""))
  );
}

/** An agent whose processes are known. */
async function startAgent(): Promise<TestAgent> {
  const agent = startAod({ config: platformConfig(QUICK) });
  await agent.ready();
  const api = await TestApi.of(agent);
  await api.jsonThat("/processes", ({ by_cpu }) => (by_cpu as unknown[]).length > 0);
  return agent;
}

/** `aod top` on a terminal; what stty tells is printed before and after. */
function top(agent: TestAgent, interval: number, size: { rows: number; columns: number }) {
  const command = `${AOD} top -i ${interval} --run-dir ${agent.runDir}`;
  return new PseudoTerminal(
    `echo before=$(stty -g); ${command}; echo code=$?; echo after=$(stty -g)`,
    {
      ...size,
    },
  );
}

/** The shell has gone on after it, with the terminal as it was. */
async function gaveBack(terminal: PseudoTerminal, code: number): Promise<void> {
  await terminal.ended();
  const { text } = terminal;
  const rest = text.slice(text.lastIndexOf(LEAVE) + LEAVE.length);
  assert.ok(text.indexOf(ENTER) < text.lastIndexOf(LEAVE), JSON.stringify(rest));
  assert.match(rest, new RegExp(`^(?:\\^C)?(?:\\r\\n)?code=${code}\\r?\\n`));
  const settings = (when: string) => new RegExp(`${when}=(\\S+)`).exec(text)?.[1];
  assert.ok(settings("before")?.includes(":"), text);
  assert.equal(settings("after"), settings("before"));
}

Deno.test("aod top draws, goes on by itself, and Ctrl-C ends it", async () => {
  await using agent = await startAgent();
  await using terminal = top(agent, 0.2, { rows: 30, columns: 72 });
  const [first] = await terminal.until((text) => {
    const drawn = pictures(text);
    return drawn.length > 0 && drawn;
  });
  assert.match(first[0], /^aod \d+\.\d+\.\d+ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}pid /);
  assert.ok(first.some((line) => /^host +CPU \d/.test(line)), first.join("\n"));
  assert.ok(first.some((line) => /^SMB +/.test(line)));
  assert.ok(first.every((line) => line.length <= 72) && first.length <= 29);
  // The clock in its first line goes on.
  await terminal.until((text) => pictures(text).some(([line]) => line !== first[0]));
  await terminal.press("\x03");
  await gaveBack(terminal, 130);
});

Deno.test("aod top is drawn anew at once in a window of another size, and q ends it", async () => {
  await using agent = await startAgent();
  // No look is due before the test is over: what is drawn is drawn for the size.
  await using terminal = top(agent, 3600, { rows: 30, columns: 100 });
  const [wide] = await terminal.until((text) => {
    const drawn = pictures(text);
    return drawn.length > 0 && drawn;
  });
  assert.ok(wide.length > 6 && wide[0].length > 40, wide.join("\n"));
  await terminal.resize(7, 40);
  // stty sets rows and columns one after the other.
  const narrow = await terminal.until((text) =>
    pictures(text).find((lines) => lines.length === 6 && lines.every((line) => line.length <= 40))
  );
  assert.deepEqual(narrow, wide.slice(0, 6).map((line) => line.slice(0, 40)));
  await terminal.press("q");
  await gaveBack(terminal, 0);
});
