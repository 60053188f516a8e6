/**
 * Unit tests of src/lab/monitor/session.ts, progress.ts and file_name.ts.
 * @module
 */
import assert from "node:assert/strict";
import { csvNameOf } from "../../../../src/lab/monitor/file_name.ts";
import { clockText, progressLine } from "../../../../src/lab/monitor/progress.ts";
import { measureInto, MOST_ROWS, rowsOf } from "../../../../src/lab/monitor/session.ts";

Deno.test("rows of a length: whole intervals, at least one, never too many", () => {
  assert.equal(rowsOf(1, 300), 300);
  assert.equal(rowsOf(0.1, 60), 600);
  assert.equal(rowsOf(7, 60), 8);
  assert.equal(rowsOf(60, 1), 1);
  assert.equal(rowsOf(1, null), MOST_ROWS);
  assert.equal(rowsOf(0.05, 31 * 86_400), null);
});

Deno.test("a failure in the middle keeps the rows before it, and so does an abort", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-session-" });
  try {
    for (const end of ["failure", "abort"]) {
      const controller = new AbortController();
      let rows = 0;
      const measuring = measureInto({
        path: `${dir}/${end}.csv`,
        interval_sec: 0.005,
        duration_sec: 3600,
        abort: controller.signal,
        say: () => {},
      }, {
        columns: ["N"],
        at_once: true,
        measure: () => {
          if (rows === 3 && end === "failure") throw new Error("Cannot measure: because of it");
          if (rows === 2 && end === "abort") controller.abort();
          return { cells: [rows++], text: "" };
        },
      });
      if (end === "failure") await assert.rejects(measuring, /because of it/);
      else assert.equal((await measuring).rows, 3);
      const [header, ...lines] = Deno.readTextFileSync(`${dir}/${end}.csv`).trim().split("\n");
      assert.equal(header, "Timestamp,N");
      assert.deepEqual(lines.map((line) => line.split(",")[1]), ["0", "1", "2"]);
      for (const line of lines) assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,/);
    }
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});

Deno.test("a progress line: bar, share, times; cut to the terminal", () => {
  const progress = { elapsed_ms: 75_000, total_ms: 300_000, text: "CPU 12.3 %" };
  assert.equal(
    progressLine(progress, 80),
    "[######------------------]  25 %  1:15 of 5:00  CPU 12.3 %",
  );
  assert.equal(progressLine(progress, 10), "[######---");
  assert.equal(progressLine({ ...progress, total_ms: null }, 80), "1:15  CPU 12.3 %");
  assert.match(progressLine({ ...progress, elapsed_ms: 400_000 }, 80), /^\[#{24}\] 100 %/);
  assert.match(progressLine({ ...progress, total_ms: 0 }, 80), /100 %/);
});

Deno.test("times and names of files", () => {
  assert.deepEqual([0, 59_600, 3_600_000, 90_061_000].map(clockText), [
    ...["0:00", "1:00", "1:00:00", "25:01:01"],
  ]);
  assert.equal(
    csvNameOf("system_usage", new Date(2026, 0, 2, 3, 4, 5)),
    "system_usage_20260102_030405.csv",
  );
});
