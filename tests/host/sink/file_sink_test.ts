/**
 * The event log in files, on a real file system.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FileSink, type FileSinkOptions } from "../../../src/sink/file_sink.ts";
import { SinkError } from "../../../src/sink/sink.ts";
import { chunkOf } from "../../support/lines.ts";
import { runCommand } from "../../support/program.ts";
import "../../support/libraries.ts";

/** Runs a test in a directory of its own. */
async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "aod-sink-" });
  try {
    await test(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

function options(path: string, more: Partial<FileSinkOptions> = {}): FileSinkOptions {
  return {
    path,
    rotate_bytes: null,
    rotate_ms: null,
    keep: 1000,
    compress: false,
    fsync: "never",
    text: true,
    onNotice: (message) => assert.fail(message),
    ...more,
  };
}

/** Rotated files and the current one, oldest first. */
function files(directory: string): string[] {
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
  return [...names.slice(1), names[0]].map((name) => `${directory}/${name}`);
}

const failsWith = (reason: string, text: RegExp) => (error: unknown) =>
  error instanceof SinkError && error.reason === reason && text.test(error.message);

Deno.test("a log is 0600 in a directory 0700, appended to, never a link or a stranger's", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/new/events.jsonl`;
    for (const line of ["one", "two"]) {
      const sink = await FileSink.open(options(path));
      await sink.write(chunkOf([line]));
      assert.equal(sink.written_bytes, 4n);
      await sink.close();
    }
    assert.equal(Deno.readTextFileSync(path), "one\ntwo\n");
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    assert.equal((Deno.statSync(`${directory}/new`).mode ?? 0) & 0o777, 0o700);

    Deno.symlinkSync(path, `${directory}/link`);
    const link = FileSink.open(options(`${directory}/link`));
    await assert.rejects(link, failsWith("io", /^Cannot write .*link: because it is a symbolic/));
    const device = FileSink.open(options("/dev/null"));
    await assert.rejects(device, failsWith("io", /because it is not a regular file$/));
    Deno.chownSync(path, 65534, 65534);
    const strange = FileSink.open(options(path));
    await assert.rejects(strange, failsWith("io", /because it belongs to another user$/));
  });
});

Deno.test("rotation by size cuts between lines: all files together are what was written", async () => {
  const lines = fc.array(fc.string({ maxLength: 60, unit: fc.constantFrom("a", "ä", "0") }));
  await fc.assert(
    fc.asyncProperty(fc.array(lines, { maxLength: 8 }), async (chunks) => {
      await inDirectory(async (directory) => {
        const path = `${directory}/events.jsonl`;
        const head = new TextEncoder().encode("head\n");
        const sink = await FileSink.open(options(path, { rotate_bytes: 100, head: () => head }));
        for (const chunk of chunks) await sink.write(chunkOf(chunk));
        await sink.close();
        let all = "";
        for (const file of files(directory)) {
          const text = Deno.readTextFileSync(file);
          assert.ok(text.startsWith("head\n") && text.endsWith("\n"), text);
          const body = text.slice("head\n".length);
          const isAlone = body.split("\n").length === 2;
          assert.ok(new TextEncoder().encode(text).length <= 100 || isAlone, text);
          all += body;
        }
        assert.equal(all, chunks.flat().map((line) => `${line}\n`).join(""));
      });
    }),
    { numRuns: 30 },
  );
});

Deno.test("of rotated files --keep are left; other files are not touched", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/events.jsonl`;
    for (const name of ["events.jsonl.old", "events.jsonl.20260131", "other"]) {
      Deno.writeTextFileSync(`${directory}/${name}`, "mine");
    }
    const sink = await FileSink.open(options(path, { rotate_bytes: 10, keep: 2 }));
    await sink.write(chunkOf(Array.from({ length: 6 }, (_, i) => `line ${i} x`)));
    await sink.close();
    const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
    const rotated = names.filter((name) => /Z$/.test(name)).sort();
    assert.deepEqual(rotated.map((name) => Deno.readTextFileSync(`${directory}/${name}`)), [
      "line 3 x\n",
      "line 4 x\n",
    ]);
    assert.equal(Deno.readTextFileSync(path), "line 5 x\n");
    assert.ok(names.includes("events.jsonl.old") && names.includes("events.jsonl.20260131"));
  });
});

Deno.test("rotation by time takes files that hold something, also while nothing comes", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/events.jsonl`;
    const sink = await FileSink.open(options(path, { rotate_ms: 30 }));
    const pass = () => new Promise((resolve) => setTimeout(resolve, 40));
    await pass();
    await sink.tick();
    assert.equal(files(directory).length, 1);
    await sink.write(chunkOf(["one"]));
    await pass();
    await sink.tick();
    assert.deepEqual(files(directory).map((file) => Deno.readTextFileSync(file)), ["one\n", ""]);
    await sink.write(chunkOf(["two"]));
    await pass();
    await sink.write(chunkOf(["three"]));
    await sink.close();
    assert.deepEqual(files(directory).map((file) => Deno.readTextFileSync(file)), [
      "one\n",
      "two\n",
      "three\n",
    ]);
  });
});

Deno.test("rotated files are compressed, whole and with checksum; what a crash left is done next", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/events.jsonl`;
    const stale = `${directory}/events.jsonl.20250101T000000.000Z`;
    Deno.writeTextFileSync(stale, "of before\n");
    Deno.writeTextFileSync(`${stale}.zst.tmp`, "half");
    const more = { rotate_bytes: 400_000, compress: true, fsync: "interval" } as const;
    const sink = await FileSink.open(options(path, more));
    const lines = Array.from({ length: 30_000 }, (_, i) => `{"n":${i},"text":"some text"}`);
    for (let i = 0; i < lines.length; i += 3000) {
      await sink.write(chunkOf(lines.slice(i, i + 3000)));
    }
    await sink.tick();
    await sink.close();
    let all = "";
    const found = files(directory);
    assert.ok(found.length >= 4, String(found));
    for (const file of found.slice(0, -1)) {
      assert.match(file, /Z\.zst$/);
      assert.equal((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);
      const listed = await runCommand("/usr/bin/zstd", ["-lv", file]);
      assert.match(listed.stdout + listed.stderr, /Check: XXH64/);
      all += (await runCommand("/usr/bin/zstd", ["-dcq", file])).stdout;
    }
    all += Deno.readTextFileSync(path);
    assert.equal(all, `of before\n${lines.join("\n")}\n`);
  });
});

Deno.test("a full disk ends it with the last line whole, and says how many lines went in", async () => {
  await inDirectory(async (directory) => {
    const mounted = `${directory}/small`;
    Deno.mkdirSync(mounted);
    const mount = ["-t", "tmpfs", "-o", "size=64k", "none", mounted];
    assert.equal((await runCommand("mount", mount)).code, 0);
    try {
      const path = `${mounted}/events.jsonl`;
      const sink = await FileSink.open(options(path));
      using _ = { [Symbol.dispose]: () => void sink.close() };
      const lines = Array.from({ length: 5000 }, (_, i) => `{"number":${i},"pad":"xxxxxxxxxxxx"}`);
      await sink.write(chunkOf(lines.slice(0, 100)));
      await assert.rejects(sink.write(chunkOf(lines.slice(100))), (error) => {
        assert.ok(error instanceof SinkError);
        assert.match(error.message, /^Cannot write .*: because no space left on device$/);
        const kept = Deno.readTextFileSync(path);
        assert.equal(kept, lines.slice(0, 100 + error.lines).join("\n") + "\n");
        assert.equal(sink.written_bytes, BigInt(kept.length));
        return error.reason === "disk_full" && error.lines > 1000;
      });
      await sink.close();
    } finally {
      await runCommand("umount", [mounted]);
    }
  });
});

Deno.test("a line that a crash cut is taken away, and said", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/events.jsonl`;
    Deno.writeTextFileSync(path, '{"a":1}\n{"a":', { mode: 0o600 });
    const notices: string[] = [];
    const more = { onNotice: (message: string) => notices.push(message) };
    const sink = await FileSink.open(options(path, more));
    await sink.write(chunkOf(['{"a":2}']));
    await sink.close();
    assert.equal(Deno.readTextFileSync(path), '{"a":1}\n{"a":2}\n');
    assert.deepEqual(notices, [`${path}: took away 5 bytes of a line that was cut`]);
  });
});

Deno.test("a file that logrotate moves away is left to it", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/events.jsonl`;
    const sink = await FileSink.open(options(path));
    await sink.write(chunkOf(["one"]));
    Deno.renameSync(path, `${path}.1`);
    await sink.tick();
    await sink.write(chunkOf(["two"]));
    await sink.close();
    assert.equal(Deno.readTextFileSync(`${path}.1`), "one\n");
    assert.equal(Deno.readTextFileSync(path), "two\n");
  });
});

Deno.test("nothing is appended to a recording: it is refused, or rotated away", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/run.aodrec`;
    Deno.writeTextFileSync(path, "of before", { mode: 0o600 });
    await assert.rejects(
      FileSink.open(options(path, { text: false })),
      failsWith("io", /because it exists and is not empty$/),
    );
    const sink = await FileSink.open(options(path, { text: false, rotate_bytes: 1000 }));
    await sink.write(chunkOf(["now"]));
    await sink.close();
    assert.deepEqual(files(directory).map((file) => Deno.readTextFileSync(file)), [
      "of before",
      "now\n",
    ]);
  });
});
