/**
 * The history of metrics when things go wrong: kill -9, broken files, a full disk, a small limit,
 * others at the same file, links.
 * @module
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { MetricHistory } from "../../../../src/sink/history/history.ts";
import { runCommand } from "../../../support/program.ts";
import { BEGIN_SEC, chance, Place } from "./support.ts";

/** Adds `seconds` of one point a second for each of some keys, and lets the clock go on. */
function addSeconds(place: Place, history: MetricHistory, seconds: number, keys = 3): void {
  const random = chance(place.now_sec);
  for (let i = 0; i < seconds; i++, place.now_sec++) {
    for (let key = 0; key < keys; key++) history.add(`key.${key}`, place.now_sec, random());
  }
}

function countOf(history: MetricHistory, key: string): number {
  return history.range(key, 0, BEGIN_SEC + 10 * 86400, "raw")?.values.length ?? 0;
}

/** Runs the program that writes a history, kills it after some flushes, returns what it said. */
async function killWriter(directory: string, flushes: number): Promise<number[]> {
  const program = new URL("writer_child.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", program, directory],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const decoder = new TextDecoder();
  let text = "";
  let isKilled = false;
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true });
    if (isKilled || text.split("\n").length <= flushes) continue;
    child.kill("SIGKILL");
    isKilled = true;
  }
  assert.equal((await child.status).signal, "SIGKILL");
  // The last line may be cut short.
  return text.split("\n").slice(0, -1).map(Number);
}

Deno.test("kill -9 loses nothing that a flush has written, and leaves a sound file", async () => {
  for (const flushes of [1, 30]) {
    using place = new Place();
    const told = Math.max(...await killWriter(place.directory, flushes)) / 5;
    assert.ok(told >= 10 * flushes);
    const history = await place.open({ raw_hours: 10_000 });
    assert.equal(history.keys().length, 5);
    for (const key of history.keys()) {
      const { values } = history.range(key, BEGIN_SEC, BEGIN_SEC + 30 * 86400, "raw")!;
      // Whole flushes, and at most the one that was on its way beyond what was told.
      assert.ok([told, told + 10].includes(values.length), `${values.length}, told ${told}`);
      assert.deepEqual(Array.from(values), Array.from(values, (_, i) => i));
    }
    history.close();
    assert.deepEqual(place.warnings, []);
    const db = new DatabaseSync(place.file);
    assert.deepEqual({ ...db.prepare("PRAGMA integrity_check").get() }, { integrity_check: "ok" });
    db.close();
  }
});

Deno.test("a file that is no database is set aside with a warning, and a new one begun", async () => {
  const spoil: ((file: string) => void)[] = [
    (file) => Deno.writeTextFileSync(file, "no database ".repeat(1000)),
    // The header says more pages than there are.
    (file) => Deno.truncateSync(file, 5000),
  ];
  for (const spoilFile of spoil) {
    using place = new Place();
    const first = await place.open();
    addSeconds(place, first, 300);
    first.close();
    spoilFile(place.file);
    const spoiled = Deno.readFileSync(place.file);

    const again = await place.open();
    assert.equal(place.warnings.length, 1);
    assert.match(place.warnings[0], /^The metric history was .*metrics\.db\.corrupt/);
    assert.deepEqual(Deno.readFileSync(`${place.file}.corrupt`), spoiled);
    assert.equal(countOf(again, "key.0"), 0);
    addSeconds(place, again, 10);
    assert.ok(again.flush());
    assert.equal(countOf(again, "key.0"), 10);
    assert.equal(again.counts().failures.corrupt, 1);
    again.close();
  }
});

Deno.test("a file that breaks while it is written is replaced; the points that waited are in the new one", async () => {
  using place = new Place();
  const history = await place.open();
  addSeconds(place, history, 3600);
  history.close();
  // Pages behind the first, which hold what is written next.
  const open = await place.open();
  const { size } = Deno.statSync(place.file);
  const file = Deno.openSync(place.file, { write: true });
  file.seekSync(4096, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(size - 4096).fill(0xa5));
  file.close();
  addSeconds(place, open, 120);
  assert.ok(open.flush());
  assert.equal(countOf(open, "key.1"), 120);
  assert.match(place.warnings[0], /^The metric history was broken .*a new one begins$/);
  assert.equal(place.warnings.length, 1);
  open.close();
  const again = await place.open();
  assert.equal(countOf(again, "key.1"), 120);
  again.close();
});

Deno.test("tables of another version are set aside; a database of another program is left alone", async () => {
  using place = new Place();
  (await place.open()).close();
  let db = new DatabaseSync(place.file);
  db.exec("PRAGMA user_version = 99");
  db.close();
  (await place.open()).close();
  assert.match(place.warnings[0], /its version is 99, not 1; it is .*metrics\.db\.corrupt now/);

  Deno.removeSync(place.file);
  db = new DatabaseSync(place.file);
  db.exec("CREATE TABLE mine (a)");
  db.close();
  const before = Deno.readFileSync(place.file);
  await assert.rejects(place.open(), {
    message: `Cannot use the metric history ${place.file}: because it is a database of another ` +
      "program",
  });
  assert.deepEqual(Deno.readFileSync(place.file), before);
});

Deno.test("a full disk is counted and told once; the points wait and are written when there is room", async () => {
  using place = new Place();
  Deno.mkdirSync(place.directory, { mode: 0o700 });
  const mount = (options: string) =>
    runCommand("/usr/bin/mount", ["-t", "tmpfs", "-o", options, "none", place.directory]);
  const { code, stderr } = await mount("size=1m,mode=0700");
  assert.equal(code, 0, stderr);
  try {
    const history = await place.open();
    let flushes = 0;
    for (; flushes < 100; flushes++) {
      addSeconds(place, history, 600, 20);
      if (!history.flush()) break;
    }
    assert.ok(flushes > 0 && flushes < 100, `${flushes}`);
    const before = history.counts();
    assert.equal(history.flush(), false);
    const { pending, written, failures } = history.counts();
    assert.equal(pending, 12_000);
    assert.equal(written, before.written);
    assert.equal(failures.full, 2);
    assert.deepEqual(place.warnings, [
      "Cannot use the metric history: because database or disk is full; points wait in memory",
    ]);
    assert.equal((await mount("remount,size=32m")).code, 0);
    assert.ok(history.flush());
    assert.equal(history.counts().written, 12_000 * (flushes + 1));
    assert.equal(countOf(history, "key.7"), 600 * (flushes + 1));
    assert.equal(place.warnings[1], "The metric history can be used again");
    history.close();
  } finally {
    await runCommand("/usr/bin/umount", ["--lazy", place.directory]);
  }
});

Deno.test("the files stay below their limit: the oldest points go, their roll-ups stay", async () => {
  using place = new Place();
  const history = await place.open({ max_mb: 8 });
  const random = chance(1);
  for (let minute = 0; minute < 150; minute++, place.now_sec += 60) {
    for (let key = 0; key < 10; key++) {
      for (let i = 0; i < 600; i++) history.add(`key.${key}`, place.now_sec + i / 10, random());
    }
    place.now_sec += 60;
    assert.ok(history.flush());
    place.now_sec -= 60;
    assert.ok(place.bytes() <= 8 << 20, `${place.bytes()} after ${minute} minutes`);
  }
  const { displaced_blocks, dropped, written, failures } = history.counts();
  assert.ok(displaced_blocks > 0);
  assert.equal(written, 900_000);
  assert.equal(failures.full, 0);
  assert.deepEqual(Object.values(dropped).filter((count) => count > 0), []);
  const { timestamps } = history.range("key.3", BEGIN_SEC, place.now_sec, "raw")!;
  assert.ok(timestamps[0] > BEGIN_SEC + 1800, "the oldest is gone");
  assert.ok(timestamps[timestamps.length - 1] > place.now_sec - 1, "the newest is there");
  const { values } = history.range("key.3", BEGIN_SEC, place.now_sec, "minute")!;
  assert.equal(values.length, 150);
  assert.equal(history.range("key.3", BEGIN_SEC, place.now_sec)?.resolution, "minute");
  assert.equal(history.range("key.3", place.now_sec - 600, place.now_sec)?.resolution, "raw");
  history.close();
});

Deno.test("a smaller limit than last time makes the file smaller, a little at each flush", async () => {
  using place = new Place();
  const history = await place.open();
  for (let i = 0; i < 30; i++) {
    addSeconds(place, history, 600, 50);
    assert.ok(history.flush());
  }
  history.close();
  const before = place.bytes();
  assert.ok(before > 6 << 20, `${before}`);
  const smaller = await place.open({ max_mb: 8 });
  for (let i = 0; i < 20; i++) {
    addSeconds(place, smaller, 10, 50);
    assert.ok(smaller.flush());
  }
  smaller.close();
  assert.ok(place.bytes() <= 4 << 20, `${place.bytes()}`);
});

Deno.test("while another connection writes, points wait; nobody is waited for", async () => {
  using place = new Place();
  const history = await place.open();
  addSeconds(place, history, 10);
  const other = new DatabaseSync(place.file);
  other.exec("BEGIN IMMEDIATE");
  for (let i = 0; i < 6; i++) assert.equal(history.flush(), false);
  assert.match(place.warnings[0], /^Cannot use the metric history: because database is locked/);
  assert.equal(place.warnings.length, 1);
  other.exec("COMMIT");
  other.close();
  assert.ok(history.flush());
  assert.equal(countOf(history, "key.0"), 10);
  assert.equal(history.counts().failures.busy, 6);
  assert.equal(place.warnings[1], "The metric history can be used again");
  history.close();
});

Deno.test("the files are 0600 in a directory 0700; links and strangers' files are refused", async () => {
  using place = new Place();
  const history = await place.open();
  addSeconds(place, history, 10);
  history.flush();
  const names = [...Deno.readDirSync(place.directory)].map(({ name }) => name).sort();
  assert.deepEqual(names, ["metrics.db", "metrics.db-shm", "metrics.db-wal"]);
  for (const name of names) {
    assert.equal((Deno.statSync(`${place.directory}/${name}`).mode ?? 0) & 0o777, 0o600, name);
  }
  assert.equal((Deno.statSync(place.directory).mode ?? 0) & 0o777, 0o700);
  history.close();

  const elsewhere = `${place.directory}/elsewhere`;
  Deno.renameSync(place.file, elsewhere);
  const before = Deno.readFileSync(elsewhere);
  for (const suffix of ["", "-wal", "-shm"]) {
    Deno.symlinkSync(elsewhere, place.file + suffix);
    await assert.rejects(place.open(), {
      message:
        `Cannot use the metric history ${place.file}${suffix}: because it is a symbolic link`,
    });
    Deno.removeSync(place.file + suffix);
  }
  assert.deepEqual(Deno.readFileSync(elsewhere), before);
  Deno.renameSync(elsewhere, place.file);
  Deno.chownSync(place.file, 65534, 65534);
  await assert.rejects(place.open(), /because it belongs to another user$/);
  Deno.chownSync(place.file, 0, 0);

  Deno.renameSync(place.directory, `${place.directory}.real`);
  Deno.symlinkSync(`${place.directory}.real`, place.directory);
  await assert.rejects(place.open(), /because it is a symbolic link$/);
});
