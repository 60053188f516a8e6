/**
 * Sealed bundles: written, read by others' tools, found out when damaged.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { readBundle, verifyBundle } from "../../../src/evidence/bundle_read.ts";
import { extractBundle, findBundle, listBundles } from "../../../src/evidence/bundle_store.ts";
import { hashFiles, sealBundle } from "../../../src/evidence/bundle_write.ts";
import { tarEnd, tarHeader } from "../../../src/evidence/tar.ts";
import { ZstdReader } from "../../../src/evidence/zstd_read.ts";
import { sh, withDir } from "../../support/evidence_host.ts";

const ID = "1795167805542772008";
new ZstdReader()[Symbol.dispose](); // opens the library outside of the tests

/** Seals a directory with these files, manifest included; returns the bundle's path. */
async function seal(dir: string, files: Record<string, Uint8Array | string>): Promise<string> {
  const source = `${dir}/source`;
  Deno.mkdirSync(source);
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    Deno.writeFileSync(`${source}/${name}`, bytes);
  }
  const manifest = {
    id: ID,
    status: "complete",
    anomaly: { name: "a", type: "latency", reason: "count", count: 1 },
    verdict: { kind: "unclear", line: "unclear" },
    files: await hashFiles(source),
  };
  Deno.writeTextFileSync(`${source}/manifest.json`, JSON.stringify(manifest));
  return (await sealBundle(dir, ID, source)).path;
}

function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0, x = 88172645463325252n; i < size; i++) {
    x ^= (x << 13n) & 0xffffffffffffffffn;
    x ^= x >> 7n;
    x ^= (x << 17n) & 0xffffffffffffffffn;
    bytes[i] = Number(x & 255n);
  }
  return bytes;
}

const FILES = {
  "README.txt": "Verdict: unclear\n",
  "anomaly.json": "{}\n",
  "empty.log": "",
  "noise.log": noise(70_000),
  "text.log": "line of text\n".repeat(20_000),
};

Deno.test("a bundle is what tar and zstd make of it", async () => {
  await withDir(async (dir) => {
    const path = await seal(dir, FILES);
    sh(["zstd", "-t", "-q", path]);
    assert.match(sh(["zstd", "-lv", path]), /# Zstandard Frames: 1\n[^]*Check: XXH64/);
    sh(["tar", "-C", dir, "--zstd", "-xf", path]);
    for (const name of Object.keys(FILES)) {
      const original = Deno.readFileSync(`${dir}/source/${name}`);
      assert.deepEqual(Deno.readFileSync(`${dir}/aod_quick_${ID}/${name}`), original, name);
    }
    const listing = sh(["tar", "--zstd", "-tvf", path]).trim().split("\n");
    assert.match(listing[0], /^drwx------ root\/root .* aod_quick_\d{19}\/$/);
    assert.ok(listing.slice(1).every((line) => line.startsWith("-rw------- root/root")));
    assert.match(listing[1], /README\.txt$/);
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    assert.deepEqual((await verifyBundle(path)).faults, []);
  });
});

Deno.test("large and incompressible content is one frame too, whatever its size", async () => {
  for (const size of [0, 1, 512, 65_000, 131_072, 1_000_000]) {
    await withDir(async (dir) => {
      const path = await seal(dir, { "noise.log": noise(size) });
      assert.match(sh(["zstd", "-lv", path]), /# Zstandard Frames: 1\n/);
      assert.deepEqual((await verifyBundle(path)).faults, [], String(size));
    });
  }
});

Deno.test("a bundle cut anywhere is found out", async () => {
  await withDir(async (dir) => {
    const whole = Deno.readFileSync(await seal(dir, FILES));
    const cut = `${dir}/cut.tar.zst`;
    const lengths = fc.integer({ min: 0, max: whole.length - 1 });
    await fc.assert(
      fc.asyncProperty(lengths, async (length) => {
        Deno.writeFileSync(cut, whole.subarray(0, length));
        assert.notDeepEqual((await verifyBundle(cut)).faults, [], String(length));
      }),
      { numRuns: 60, examples: [[whole.length - 1], [whole.length - 4], [whole.length - 5], [0]] },
    );
  });
});

Deno.test("a flipped bit is found out in every region, and breaks nothing else", async () => {
  await withDir(async (dir) => {
    const whole = Deno.readFileSync(await seal(dir, FILES));
    const bad = `${dir}/bad.tar.zst`;
    const regions = 64;
    for (let region = 0; region < regions; region++) {
      const copy = whole.slice();
      const at = Math.floor(region * (whole.length - 1) / (regions - 1));
      copy[at] ^= 1 << region % 8;
      Deno.writeFileSync(bad, copy);
      assert.notDeepEqual((await verifyBundle(bad)).faults, [], `byte ${at}`);
    }
  });
});

Deno.test("what follows the frame, and a frame without checksum, are found out", async () => {
  await withDir(async (dir) => {
    const path = await seal(dir, FILES);
    const whole = Deno.readFileSync(path);
    Deno.writeFileSync(`${dir}/two.tar.zst`, new Uint8Array([...whole, ...whole]));
    assert.match((await verifyBundle(`${dir}/two.tar.zst`)).faults[0], /trailing data/);
    sh(["zstd", "-q", "-d", path, "-o", `${dir}/plain.tar`]);
    sh(["zstd", "-q", "--no-check", `${dir}/plain.tar`, "-o", `${dir}/nocheck.tar.zst`]);
    assert.match((await verifyBundle(`${dir}/nocheck.tar.zst`)).faults[0], /no checksum/);
  });
});

Deno.test("a bundle repacked with other content does not have its manifest's hashes", async () => {
  await withDir(async (dir) => {
    const path = await seal(dir, FILES);
    sh(["tar", "-C", dir, "--zstd", "-xf", path]);
    const top = `${dir}/aod_quick_${ID}`;
    Deno.writeTextFileSync(`${top}/anomaly.json`, "[]\n");
    Deno.writeTextFileSync(`${top}/more.log`, "x");
    Deno.removeSync(`${top}/empty.log`);
    sh([
      "sh",
      "-c",
      `tar -C ${dir} --format=ustar -cf - aod_quick_${ID} | zstd -q -o ${dir}/r.zst`,
    ]);
    const { faults } = await verifyBundle(`${dir}/r.zst`);
    assert.equal(faults.length, 3);
    assert.ok(faults.includes("anomaly.json does not have the manifest's sha256"), faults.join());
    assert.ok(faults.includes("empty.log is missing"));
    assert.ok(faults.includes("more.log is not in the manifest"));
  });
});

Deno.test("extract: a new 0700 directory, nothing over what exists, nothing left of a bad one", async () => {
  await withDir(async (dir) => {
    const path = await seal(dir, FILES);
    const { dir: made } = await extractBundle(path, `${dir}/out`);
    assert.equal((Deno.statSync(made).mode ?? 0) & 0o777, 0o700);
    assert.deepEqual(Deno.readFileSync(`${made}/noise.log`), FILES["noise.log"]);
    await assert.rejects(extractBundle(path, `${dir}/out`), /is there already/);
    const whole = Deno.readFileSync(path);
    Deno.writeFileSync(`${dir}/cut.zst`, whole.subarray(0, whole.length - 9));
    await assert.rejects(extractBundle(`${dir}/cut.zst`, `${dir}/out2`));
    assert.deepEqual([...Deno.readDirSync(`${dir}/out2`)], []);
  });
});

Deno.test("extract: an archive with a link or a path elsewhere writes nothing elsewhere", async () => {
  await withDir(async (dir) => {
    const top = `${dir}/evil/aod_quick_${ID}`;
    Deno.mkdirSync(top, { recursive: true });
    Deno.writeTextFileSync(`${top}/a.log`, "x");
    Deno.symlinkSync("/etc", `${top}/link`);
    sh(["sh", "-c", `cd ${dir}/evil && tar --format=ustar -cf - * | zstd -q -o ${dir}/link.zst`]);
    await assert.rejects(extractBundle(`${dir}/link.zst`, `${dir}/out`), /entry of type 2/);
    Deno.removeSync(`${top}/link`);
    Deno.writeTextFileSync(`${dir}/evil/outside`, "x");
    sh([
      "sh",
      "-c",
      `cd ${dir}/evil && tar --format=ustar -P -cf - aod_quick_${ID} aod_quick_${ID}/../outside |` +
      ` zstd -q -o ${dir}/path.zst`,
    ]);
    await assert.rejects(extractBundle(`${dir}/path.zst`, `${dir}/out`), /because of the name/);
    assert.deepEqual([...Deno.readDirSync(`${dir}/out`)], []);
  });
});

Deno.test("list and find: by beginning, by path, the newest; a damaged one is listed as such", async () => {
  await withDir(async (dir) => {
    const path = await seal(dir, FILES);
    Deno.writeTextFileSync(`${dir}/aod_quick_1795167805542772009.tar.zst`, "not a bundle");
    Deno.symlinkSync(path, `${dir}/aod_quick_1795167805542772010.tar.zst`);
    const list = await listBundles(dir);
    assert.deepEqual(list.map((b) => [b.id, b.meta?.verdict ?? null]), [
      [ID, "unclear"],
      ["1795167805542772009", null],
    ]);
    assert.equal((await findBundle(dir, path)).id, ID);
    assert.equal((await findBundle(dir, ID)).path, path);
    await assert.rejects(findBundle(dir, "1795"), /3 ids begin like this/);
    await assert.rejects(findBundle(dir, "42"), /has none/);
    assert.deepEqual(await listBundles(`${dir}/nowhere`), []);
    const { texts } = await readBundle(path, { texts: ["README.txt"], stopEarly: true });
    assert.equal(texts.get("README.txt"), "Verdict: unclear\n");
  });
});

Deno.test("an archive of very many files is refused, not listed without end", async () => {
  await withDir(async (dir) => {
    const path = `${dir}/aod_quick_1795167805542772008.tar.zst`;
    const top = "aod_quick_1795167805542772008";
    const entry = (name: string, type: "file" | "directory") =>
      tarHeader({ name, type, size_bytes: 0, mtime_sec: 0 });
    const blocks = Array.from({ length: 5_000 }, (_, i) => entry(`${top}/f${i}`, "file"));
    const tar = new Blob([entry(top, "directory"), ...blocks, tarEnd()] as BlobPart[]);
    Deno.writeFileSync(`${dir}/x.tar`, new Uint8Array(await tar.arrayBuffer()));
    sh(["zstd", "-q", "--check", `${dir}/x.tar`, "-o", path]);
    assert.match((await verifyBundle(path)).faults[0], /because it has more than 4096 files/);
  });
});
