/**
 * The audit trail on a real file system: mode, order, rotation, links, a full or missing directory.
 * @module
 */
import assert from "node:assert/strict";
import { AuditLog } from "../../../src/service/audit.ts";

function entries(path: string): Record<string, unknown>[] {
  return Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("entries are lines of JSON in order, in a file for the owner only", async () => {
  const directory = Deno.makeTempDirSync();
  const audit = new AuditLog({ directory, wallTime: () => new Date(0) });
  for (let i = 0; i < 100; i++) audit.write("sealed", { id: BigInt(i), path: "a\nb" });
  await audit.close();
  const all = entries(`${directory}/audit.jsonl`);
  assert.deepEqual(all.map((entry) => entry.id), Array.from({ length: 100 }, (_, i) => `${i}`));
  assert.equal(all[0].time, "1970-01-01T00:00:00.000Z");
  assert.equal(Deno.statSync(`${directory}/audit.jsonl`).mode! & 0o777, 0o600);
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("rotates by size, keeps five files, loses only the oldest; appends after a restart", async () => {
  const directory = Deno.makeTempDirSync();
  let written = 0;
  for (let life = 0; life < 3; life++) {
    const audit = new AuditLog({ directory, max_bytes: 1000 });
    for (let i = 0; i < 40; i++) audit.write("action", { n: written++ });
    await audit.close();
  }
  const names = [...Deno.readDirSync(directory)].map((entry) => entry.name).sort();
  assert.deepEqual(names, [
    "audit.jsonl",
    "audit.jsonl.1",
    "audit.jsonl.2",
    "audit.jsonl.3",
    "audit.jsonl.4",
  ]);
  const kept: unknown[] = [];
  for (const name of names.reverse()) {
    const path = `${directory}/${name}`;
    assert.ok(Deno.statSync(path).size <= 1000, name);
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
    kept.push(...entries(path).map((entry) => entry.n));
  }
  const first = written - kept.length;
  assert.deepEqual(kept, Array.from({ length: kept.length }, (_, i) => first + i));
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("a link in the place of the file is not followed", async () => {
  const directory = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${directory}/victim`, "");
  Deno.symlinkSync(`${directory}/victim`, `${directory}/audit.jsonl`);
  const failures: string[] = [];
  const audit = new AuditLog({ directory, onFailure: (reason) => failures.push(reason) });
  audit.write("started");
  await audit.close();
  assert.equal(Deno.readTextFileSync(`${directory}/victim`), "");
  assert.equal(failures.length, 1);
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("a directory that goes away is a failure told, and writing goes on when it is back", async () => {
  const directory = Deno.makeTempDirSync();
  const failures: string[] = [];
  const audit = new AuditLog({
    directory: `${directory}/gone`,
    onFailure: (reason) => failures.push(reason),
  });
  audit.write("one");
  await audit.close();
  assert.equal(failures.length, 1);
  Deno.mkdirSync(`${directory}/gone`);
  audit.write("two");
  await audit.close();
  assert.deepEqual(entries(`${directory}/gone/audit.jsonl`).map((e) => e.event), ["two"]);
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("every entry that is lost is told", async () => {
  const directory = Deno.makeTempDirSync();
  let lost = 0;
  const audit = new AuditLog({ directory: `${directory}/gone`, onFailure: () => lost++ });
  for (let i = 0; i < 5; i++) audit.write("action", { n: i });
  await audit.close();
  assert.equal(lost, 5);
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("a trail that was deleted while it was open begins anew", async () => {
  const directory = Deno.makeTempDirSync();
  const path = `${directory}/out/audit.jsonl`;
  const failures: string[] = [];
  Deno.mkdirSync(`${directory}/out`);
  const audit = new AuditLog({
    directory: `${directory}/out`,
    onFailure: (reason) => failures.push(reason),
  });
  const written = async (event: string) => {
    audit.write(event);
    await audit.flush();
  };
  await written("one");
  Deno.removeSync(`${directory}/out`, { recursive: true });
  await written("two");
  assert.equal(failures.length, 1, "there is no directory");
  Deno.mkdirSync(`${directory}/out`);
  await written("three");
  Deno.removeSync(path);
  await written("four");
  assert.deepEqual(entries(path).map((entry) => entry.event), ["four"]);
  assert.equal(failures.length, 1);
  await audit.close();
  Deno.removeSync(directory, { recursive: true });
});
