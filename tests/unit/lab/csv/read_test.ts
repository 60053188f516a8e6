/**
 * Reading files: columns by name, faults with their line, bounds.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Header } from "../../../../src/lab/csv/columns.ts";
import { CsvError } from "../../../../src/lab/csv/error.ts";
import { type Measurements, readMeasurements } from "../../../../src/lab/csv/read.ts";
import { LabDirectory } from "../../../support/lab/csv_file.ts";

const cpu = (header: Header) => [header.subject("cpu") ?? header.named("CPU_Percent")];

function read(content: string | Uint8Array, choose = cpu): Measurements {
  using directory = new LabDirectory();
  return readMeasurements(directory.write("x.csv", content), choose);
}

/** The message, with the file as x.csv. */
function fault(content: string | Uint8Array, choose = cpu): string {
  try {
    read(content, choose);
  } catch (error) {
    assert.ok(error instanceof CsvError, String(error));
    return error.message.replace(/^.*\/x\.csv/, "x.csv");
  }
  throw new assert.AssertionError({ message: `no fault in ${content}` });
}

Deno.test("columns by name, in any order and case, with others beside them", () => {
  for (const name of ["CPU_Percent", "cpu_percent", "CPU Percent", "cpu usage (%)", "total_cpu"]) {
    const found = read(`Note,${name},timestamp\r\n"a, b",1.5,10\r\n\r\n,2.5,11`);
    assert.deepEqual([...found.columns[0].values], [1.5, 2.5], name);
    assert.equal(found.columns[0].name, name);
    assert.deepEqual([...found.times_ms], [10_000, 11_000]);
  }
  const exact = read("Timestamp,Process_CPU_Percent,CPU_Percent\n1,5,6\n");
  assert.deepEqual([...exact.columns[0].values], [6]);
  assert.equal(read("\ufeffTime;CPU\n1;7").columns[0].values[0], 7);
  const named = (header: Header) => [header.named("extra"), header.named("MEM")];
  const both = read("Timestamp\tMem\tEXTRA\n1\t2\t3\n", named);
  assert.deepEqual(both.columns.map(({ name }) => name), ["EXTRA", "Mem"]);
});

Deno.test("an empty cell is no value", () => {
  assert.deepEqual([...read("Timestamp,CPU\n1,\n2,NaN\n3,4\n").columns[0].values], [NaN, NaN, 4]);
});

Deno.test("rounds, where there are any", () => {
  const found = read("Timestamp,Round,CPU\n1,1,5\n2,1,6\n9,2,7\n");
  assert.deepEqual([...found.rounds ?? []], [1, 1, 2]);
  assert.equal(read("Timestamp,CPU\n1,5\n").rounds, null);
});

Deno.test("every fault is told with its line", () => {
  const head = "Timestamp,CPU_Percent\n";
  const found = [
    "",
    "\n\n",
    head,
    "1,2\n3,4\n",
    "CPU_Percent,x\n1,2\n",
    "Timestamp,Load\n1,2\n",
    "Timestamp,CPU_Percent,cpu percent\n1,2,3\n",
    `${head}1,2\n2,abc\n`,
    `${head}1,2\n2\n`,
    `${head}1,2,3\n`,
    `${head}yesterday,2\n`,
    `${head}5,2\n4,2\n`,
    `${head}5,2\n2026-01-01 00:00:00,2\n`,
    `${head}1,0x10\n`,
    `${head}1,1e300\n`,
    `${head}1,"2\n`,
    `${head}1,2\0\n`,
    "Timestamp,Round,CPU\n1,one,5\n",
    "Timestamp,CPU\x1b[2J\n1,5\n",
  ].map((content) => fault(content));
  assert.deepEqual(found, [
    "x.csv: the file is empty",
    "x.csv: the file is empty",
    "x.csv: there is no row of values",
    "x.csv:1: the first line must name the columns",
    'x.csv:1: no column Timestamp; the columns are "CPU_Percent", "x"',
    'x.csv:1: no column "CPU_Percent"; the columns are "Timestamp", "Load"',
    'x.csv:1: the column "CPU_Percent" is there twice',
    'x.csv:3: CPU_Percent: expected a number, found "abc"',
    "x.csv:3: expected 2 cells as in the first line, found 1",
    "x.csv:2: expected 2 cells as in the first line, found 3",
    "x.csv:2: Timestamp: expected seconds or milliseconds since 1970 or a date like " +
    '2026-12-31T23:59:59Z, found "yesterday"',
    'x.csv:3: Timestamp: "4" is before the time of line 2',
    "x.csv:3: Timestamp: expected seconds as before, found date without zone",
    'x.csv:2: CPU_Percent: expected a number, found "0x10"',
    'x.csv:2: CPU_Percent: expected a number, found "1e300"',
    "x.csv:2: its quotes are not in pairs",
    "x.csv:2: it is not text",
    'x.csv:2: Round: expected a whole number, found "one"',
    'x.csv:1: "CPU\\u001b[2J" cannot be the name of a column',
  ]);
  const misspelt = (header: Header) => [header.named("CPU_Precent")];
  assert.match(fault(`${head}1,2\n`, misspelt), /did you mean "CPU_Percent"\?; the columns are /);
});

Deno.test("what is no text, no file, or too long", () => {
  assert.equal(fault(Uint8Array.of(0x54, 0xff, 0x0a)), "x.csv:1: it is not UTF-8 text");
  assert.match(
    fault(`Timestamp,CPU\n1,${"2".repeat(70_000)}\n`),
    /^x\.csv:2: the line is too long$/,
  );
  assert.match(
    fault(`Timestamp,CPU\n1,${"2".repeat(200_000)}`),
    /^x\.csv:2: the line is too long$/,
  );
  assert.match(fault("a,".repeat(300)), /^x\.csv:1: there are more than 256 columns$/);
  assert.throws(
    () => readMeasurements("/nonexistent/x.csv", cpu),
    /^CsvError: \/nonexistent\/x\.csv: Cannot read it: because no such file/,
  );
  assert.throws(() => readMeasurements("/", cpu), /because it is a directory/);
  assert.throws(() => readMeasurements("/dev/zero", cpu), /the line is too long/);
});

Deno.test("lines across the borders of chunks are whole", () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `${i},${i % 97}.25`);
  const { columns, times_ms } = read(`Timestamp,CPU\n${rows.join("\n")}`);
  assert.equal(times_ms.length, 20_000);
  assert.ok(columns[0].values.every((value, i) => value === i % 97 + 0.25));
});

Deno.test("any bytes are read or refused with a place, and nothing else happens", () => {
  using directory = new LabDirectory();
  const line = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.array(fc.oneof(fc.integer(), fc.double(), fc.constant("")), { maxLength: 4 })
      .map((cells) => cells.join(",")),
  );
  const text = fc.tuple(fc.constantFrom("Timestamp,CPU", "Timestamp,CPU,Round", ""), fc.array(line))
    .map(([head, lines]) => new TextEncoder().encode([head, ...lines].join("\n")));
  fc.assert(fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 200 })), (bytes) => {
    const path = directory.write("x.csv", bytes);
    try {
      const { times_ms, columns } = readMeasurements(path, cpu);
      assert.equal(columns[0].values.length, times_ms.length);
      assert.ok(times_ms.every((ms, i) => i === 0 || ms >= times_ms[i - 1]));
    } catch (error) {
      assert.ok(error instanceof CsvError, String(error));
      assert.match(error.message, /^.*\/x\.csv(:\d+)?: \S/);
      assert.ok(!/\p{Cc}/u.test(error.message), JSON.stringify(error.message));
    }
  }));
});
