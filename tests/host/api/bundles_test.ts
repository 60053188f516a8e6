/** Listing and download of bundles that lie on disk. */
import assert from "node:assert/strict";
import { BATCHES, metaName, sealedName } from "../../../src/evidence/names.ts";
import { TestData } from "../../support/api/data.ts";
import { TestServer } from "../../support/api/server.ts";

const OLD = "1702943456000000001";
const NEW = "1702943457000000002";

function meta(id: string): string {
  const rest = { type: "Latency", reason: "count", count: 10, status: "complete" };
  return JSON.stringify({ id, name: "slow", ...rest, verdict: "server", verdict_line: "slow" });
}

/** A server over an output directory with two bundles. */
async function withBundles(test: (server: TestServer, batches: string) => Promise<void>) {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  const batches = `${dir}/${BATCHES}`;
  Deno.mkdirSync(batches);
  for (const [id, bytes] of [[OLD, 10], [NEW, 300_000]] as const) {
    Deno.writeFileSync(`${batches}/${sealedName(id)}`, new Uint8Array(bytes).fill(bytes % 251));
    Deno.writeTextFileSync(`${batches}/${metaName(id)}`, meta(id));
  }
  try {
    await using server = await TestServer.start({}, new TestData(dir));
    await test(server, batches);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

Deno.test("bundles are listed, the newest first, with their key data", async () => {
  await withBundles(async (server) => {
    const answer = await server.json("/bundles?limit=1");
    const { bundles, total } = answer as { bundles: Record<string, unknown>[]; total: number };
    assert.equal(total, 2);
    const { id: _id, ...key_data } = JSON.parse(meta(NEW));
    assert.deepEqual(bundles, [{
      id: NEW,
      detected_at: "2023-12-18T23:50:57.000Z",
      bytes: 300_000,
      url: `/bundles/${NEW}`,
      meta: key_data,
    }]);
  });
});

Deno.test("a bundle comes as it lies on disk", async () => {
  await withBundles(async (server, batches) => {
    const { status, headers, bytes } = await server.ask(`/bundles/${NEW}`);
    assert.equal(status, 200);
    assert.deepEqual(bytes, Deno.readFileSync(`${batches}/${sealedName(NEW)}`));
    assert.equal(headers["content-length"], "300000");
    assert.equal(headers["content-type"], "application/zstd");
    const name = `attachment; filename="${sealedName(NEW)}"`;
    assert.equal(headers["content-disposition"], name);
    const head = await server.ask(`/bundles/${NEW}`, { method: "HEAD" });
    assert.deepEqual([head.status, head.bytes.length], [200, 0]);
  });
});

Deno.test("neither a link nor a directory nor a FIFO in a bundle's place is given out", async () => {
  await withBundles(async (server, batches) => {
    const path = `${batches}/${sealedName(OLD)}`;
    Deno.removeSync(path);
    assert.equal((await server.ask(`/bundles/${OLD}`)).status, 404);
    Deno.symlinkSync("/etc/passwd", path);
    assert.equal((await server.ask(`/bundles/${OLD}`)).status, 404);
    Deno.removeSync(path);
    Deno.mkdirSync(path);
    assert.equal((await server.ask(`/bundles/${OLD}`)).status, 404);
    Deno.removeSync(path);
    const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
    assert.ok(success);
    assert.equal((await server.ask(`/bundles/${OLD}`)).status, 404);
  });
});

Deno.test("without an output directory there are no bundles", async () => {
  await using server = await TestServer.start();
  assert.deepEqual(await server.json("/bundles"), { bundles: [], total: 0 });
  assert.equal((await server.ask(`/bundles/${OLD}`)).status, 404);
});

Deno.test("a client that goes in the middle of a download leaves no file open", async () => {
  await withBundles(async (server, batches) => {
    Deno.truncateSync(`${batches}/${sealedName(NEW)}`, 1 << 28);
    const open = () =>
      [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
        try {
          return Deno.readLinkSync(`/proc/self/fd/${name}`).endsWith(sealedName(NEW));
        } catch {
          return false;
        }
      }).length;
    const until = async (count: number) => {
      const deadline = performance.now() + 20_000;
      while (Math.min(open(), 1) !== count) {
        assert.ok(performance.now() < deadline, `${open()} open`);
        await new Promise((ok) => setTimeout(ok, 1));
      }
    };
    // Before the first byte as well as after it.
    for (let time = 0; time < 50; time++) {
      const controller = new AbortController();
      const asked = server.ask(`/bundles/${NEW}`, { signal: controller.signal });
      asked.catch(() => {});
      await until(1);
      controller.abort();
      await assert.rejects(asked);
      await until(0);
    }
  });
});
