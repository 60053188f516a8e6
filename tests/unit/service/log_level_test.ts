/** Which lines the agent's log takes. @module */
import assert from "node:assert/strict";
import { Logger } from "../../../src/service/log.ts";
import { wantedLevel } from "../../../src/service/log_level.ts";

const logging = (level: "INFO" | "ERROR", verbose = false) => ({ logging: { level, verbose } });

Deno.test("AOD_LOG_LEVEL overrides the configuration, unless it names no level", () => {
  assert.equal(wantedLevel(logging("ERROR"), undefined), "ERROR");
  assert.equal(wantedLevel(logging("ERROR", true), undefined), "DEBUG");
  assert.equal(wantedLevel(logging("ERROR", true), "warn"), "WARNING");
  assert.equal(wantedLevel(logging("ERROR"), "loud"), "ERROR");
});

Deno.test("a level that is set later holds from then on", async () => {
  const lines: string[] = [];
  const log = new Logger({
    level: "ERROR",
    journal: true,
    write: (line) => Promise.resolve(void lines.push(new TextDecoder().decode(line))),
  });
  log.info("x", "one");
  log.setLevel("INFO");
  log.info("x", "two");
  log.debug("x", "three");
  await log.flush();
  assert.deepEqual(lines, ["<6>x: two\n"]);
});
