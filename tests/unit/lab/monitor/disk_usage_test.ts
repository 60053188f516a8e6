/**
 * Unit tests of src/lab/monitor/disk_usage.ts on real directories: what counts and what does not.
 * @module
 */
import assert from "node:assert/strict";
import { diskUsage, measurable } from "../../../../src/lab/monitor/disk_usage.ts";

async function inDirectory(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = Deno.makeTempDirSync({ prefix: "aod-disk-" });
  try {
    await test(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

const bytes = (count: number) => new Uint8Array(count).fill(1);

Deno.test("it counts what du counts", async () => {
  await inDirectory(async (dir) => {
    Deno.mkdirSync(`${dir}/a/b`, { recursive: true });
    Deno.writeFileSync(`${dir}/a/one`, bytes(10_000));
    Deno.writeFileSync(`${dir}/a/b/two`, bytes(70_000));
    // 1 GiB long, hardly a block on the disk.
    Deno.writeFileSync(`${dir}/a/sparse`, new Uint8Array(0));
    Deno.truncateSync(`${dir}/a/sparse`, 2 ** 30);
    Deno.linkSync(`${dir}/a/b/two`, `${dir}/again`);
    const sample = await diskUsage(dir);
    const { stdout } = new Deno.Command("du", { args: ["-s", "-B1", dir] }).outputSync();
    assert.equal(sample.disk_bytes, Number(new TextDecoder().decode(stdout).split("\t")[0]));
    assert.equal(sample.apparent_bytes, 10_000 + 70_000 + 2 ** 30);
    assert.deepEqual([sample.entries, sample.complete, sample.exists], [5, true, true]);
  });
});

Deno.test("a file with several names counts once, those outside do not matter", async () => {
  await inDirectory(async (dir) => {
    Deno.writeFileSync(`${dir}/one`, bytes(50_000));
    const alone = await diskUsage(dir);
    for (const name of ["two", "three"]) Deno.linkSync(`${dir}/one`, `${dir}/${name}`);
    assert.deepEqual(await diskUsage(dir), alone);
  });
});

Deno.test("symbolic links are not followed, not even in a circle or as the directory itself", async () => {
  await inDirectory(async (dir) => {
    await inDirectory(async (other) => {
      Deno.writeFileSync(`${other}/large`, bytes(900_000));
      Deno.mkdirSync(`${dir}/real`);
      Deno.symlinkSync(other, `${dir}/real/out`);
      Deno.symlinkSync(dir, `${dir}/real/circle`);
      const { apparent_bytes, entries, complete } = await diskUsage(dir);
      assert.deepEqual([apparent_bytes, entries, complete], [0, 3, true]);
      await assert.rejects(diskUsage(`${dir}/real/out`), /because it is a symbolic link$/);
    });
  });
});

Deno.test("what is not there takes nothing; what is no directory is an error", async () => {
  await inDirectory(async (dir) => {
    const { disk_bytes, exists } = await diskUsage(`${dir}/later`);
    assert.deepEqual([disk_bytes, exists], [0, false]);
    assert.equal(measurable(`${dir}/later`), null);
    Deno.writeTextFileSync(`${dir}/file`, "");
    assert.throws(() => measurable(`${dir}/file`), /because it is no directory$/);
  });
});

Deno.test("a walk is bounded in entries and depth, and says that it is not complete", async () => {
  await inDirectory(async (dir) => {
    Deno.mkdirSync(`${dir}/1/2/3`, { recursive: true });
    for (let i = 0; i < 20; i++) Deno.writeTextFileSync(`${dir}/1/${i}.txt`, "x");
    assert.equal((await diskUsage(dir)).complete, true);
    const few = await diskUsage(dir, { entries: 10 });
    assert.deepEqual([few.entries, few.complete], [10, false]);
    const shallow = await diskUsage(dir, { depth: 1 });
    assert.deepEqual([shallow.entries, shallow.complete], [22, false]);
  });
});
