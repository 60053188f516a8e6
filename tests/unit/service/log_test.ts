/**
 * The agent's log: forms, levels, rate limits, and a reader that does not read.
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Logger, type LoggerOptions, parseLogLevel } from "../../../src/service/log.ts";

function capture(options: LoggerOptions = {}): { log: Logger; text: () => string } {
  let text = "";
  const write = (line: Uint8Array) => {
    text += new TextDecoder().decode(line);
    return Promise.resolve();
  };
  return { log: new Logger({ ...options, write }), text: () => text };
}

Deno.test("levels are read in any case, WARN is WARNING, anything else is none", () => {
  for (const text of ["debug", "DEBUG", "Debug", " debug "]) {
    assert.equal(parseLogLevel(text), "DEBUG");
  }
  assert.equal(parseLogLevel("warn"), "WARNING");
  assert.equal(parseLogLevel("warning"), "WARNING");
  for (const text of ["", "loud", "0"]) assert.equal(parseLogLevel(text), null);
});

Deno.test("what is below the level is not written", async () => {
  const { log, text } = capture({ level: "WARNING", journal: true });
  log.debug("a", "one");
  log.info("a", "two");
  log.warning("a", "three");
  log.error("a", "four");
  await log.flush();
  assert.equal(text(), "<4>a: three\n<3>a: four\n");
});

Deno.test("text has time, level and component; JSON is one object a line", async () => {
  const plain = capture();
  plain.log.info("probe", "attached");
  await plain.log.flush();
  assert.match(plain.text(), /^\d{4}-\d\d-\d\dT[\d:.]+Z INFO probe: attached\n$/);
  const json = capture({ format: "json" });
  json.log.error("probe", 'a "quoted" text');
  await json.log.flush();
  const { level, component, message } = JSON.parse(json.text());
  assert.deepEqual([level, component, message], ["ERROR", "probe", 'a "quoted" text']);
});

Deno.test("whatever is logged stays on its line", async () => {
  await fc.assert(fc.asyncProperty(fc.string({ unit: "binary" }), async (message) => {
    const { log, text } = capture({ journal: true });
    log.info("x", message);
    await log.flush();
    assert.equal(text().indexOf("\n"), text().length - 1);
    assert.doesNotMatch(text().slice(0, -1), /\p{Cc}/u);
  }));
});

Deno.test("a key speaks once per interval and then says how many it kept back", async () => {
  let now = 0;
  const { log, text } = capture({ journal: true, now: () => now });
  for (now = 0; now < 5; now++) log.once("k", 100, "WARNING", "a", "full");
  now = 50;
  log.once("other", 100, "WARNING", "a", "else");
  now = 100;
  log.once("k", 100, "WARNING", "a", "full");
  await log.flush();
  assert.equal(text(), "<4>a: full\n<4>a: else\n<4>a: full (4 more like this)\n");
});

Deno.test("a reader that never reads costs a bounded number of lines and no time", async () => {
  const log = new Logger({ write: () => new Promise(() => {}) });
  for (let i = 0; i < 100_000; i++) log.info("a", "b");
  await log.flush(1);
});

Deno.test("lines that were given up are said when the reader reads again", async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => release = resolve);
  let text = "";
  const log = new Logger({
    journal: true,
    write: async (line) => {
      await gate;
      text += new TextDecoder().decode(line);
    },
  });
  for (let i = 0; i < 1500; i++) log.info("a", `line ${i}`);
  release();
  await log.flush();
  const written = text.trimEnd().split("\n");
  const said = written.filter((line) => line.includes("Cannot write"));
  assert.equal(said.length, 1);
  const lost = Number(/Cannot write (\d+) log lines/.exec(said[0])?.[1]);
  assert.equal(written.length - 1 + lost, 1500);
});

Deno.test("lines that stderr refused are counted until it takes the line that says so", async () => {
  let broken = true;
  let text = "";
  const log = new Logger({
    journal: true,
    write: (line) => {
      if (broken) return Promise.reject(new Error("broken pipe"));
      text += new TextDecoder().decode(line);
      return Promise.resolve();
    },
  });
  for (let i = 0; i < 3; i++) {
    log.info("a", "lost");
    await log.flush();
  }
  broken = false;
  log.info("a", "back");
  await log.flush();
  assert.match(text, /^<6>a: back\n<4>log: Cannot write 3 log lines: because .*\n$/);
});
