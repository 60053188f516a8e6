/**
 * Packet captures with the real tcpdump, on a port of the test's own.
 * @module
 */
import assert from "node:assert/strict";
import { extractBundle } from "../../../src/evidence/bundle_store.ts";
import { readBundle } from "../../../src/evidence/bundle_read.ts";
import { ActionRunner } from "../../../src/evidence/actions/runner.ts";
import type { Manifest } from "../../../src/evidence/manifest.ts";
import { Collector } from "../../../src/evidence/collector.ts";
import { findProgram } from "../../../src/evidence/programs.ts";
import { ZstdReader } from "../../../src/evidence/zstd_read.ts";
import { anomalyNow, builtin, configOf, plainContents } from "../../support/evidence.ts";
import { sh, withDir } from "../../support/evidence_host.ts";

new ZstdReader()[Symbol.dispose](); // opens the library outside of the tests

/** Sends `text` through a TCP connection to a port of this machine. */
async function talk(listener: Deno.TcpListener, text: string): Promise<void> {
  const { port } = listener.addr;
  const [client, server] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port }),
    listener.accept(),
  ]);
  await client.write(new TextEncoder().encode(text));
  await server.read(new Uint8Array(100));
  client.close();
  server.close();
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

const ignore = findProgram("tcpdump") === null;

Deno.test({
  name: "ring: packets from before the anomaly are in the bundle",
  ignore,
  fn: async () => {
    await withDir(async (dir) => {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const params = { ring: true, port: listener.addr.port, snaplen: 256, interface: "lo" };
      const collector = new Collector({
        config: configOf(dir, [builtin("tcpdump", { params })]),
        probe: null,
        contents: plainContents,
      });
      await collector.start();
      await pause(1_500); // tcpdump opens its socket
      await talk(listener, "before-the-anomaly");
      await pause(1_300); // the kernel hands packets over in blocks, at least once a second
      const { path } = await collector.collect(anomalyNow());
      await collector.drain();
      const { dir: out } = await extractBundle(path, `${dir}/out`);
      const packets = sh(["tcpdump", "-n", "-A", "-r", `${out}/tcpdump.pcap`]);
      assert.match(packets, /before-the-anomaly/);
    });
  },
});

Deno.test({
  name: "plain: a capture of the seconds after, bounded in time",
  ignore,
  fn: async () => {
    await withDir(async (dir) => {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const params = { duration_sec: 2, port: listener.addr.port, snaplen: 256, interface: "lo" };
      const collector = new Collector({
        config: configOf(dir, [builtin("tcpdump", { params })]),
        probe: null,
        contents: plainContents,
      });
      const collected = collector.collect(anomalyNow());
      await pause(1_200);
      await talk(listener, "after-the-anomaly");
      const { path, status } = await collected;
      await collector.drain();
      assert.equal(status, "complete");
      const { dir: out } = await extractBundle(path, `${dir}/out`);
      assert.match(sh(["tcpdump", "-n", "-A", "-r", `${out}/tcpdump.pcap`]), /after-the-anomaly/);
      assert.match(Deno.readTextFileSync(`${out}/tcpdump.log`), /packets captured/);
    });
  },
});

Deno.test({
  name: "ring: a tcpdump that cannot be started is a finding of the bundle and of nothing else",
  ignore,
  fn: async () => {
    await withDir(async (dir) => {
      // No program can be given a NUL; a configuration cannot have one.
      const params = { ring: true, interface: "a\0b" };
      const collector = new Collector({
        config: configOf(dir, [builtin("tcpdump", { params })]),
        probe: null,
        contents: plainContents,
      });
      await collector.start();
      const { path } = await collector.collect(anomalyNow());
      const { texts } = await readBundle(path, { texts: ["manifest.json"] });
      const { actions } = JSON.parse(texts.get("manifest.json") ?? "") as Manifest;
      const { status, note } = actions.find(({ name }) => name === "tcpdump") ?? {};
      assert.equal(status, "failed");
      assert.match(note ?? "", /^Cannot start tcpdump: because /);
      await collector.drain();
    });
  },
});

Deno.test({
  name: "ring: a change that comes while another one is under way ends what that one starts",
  ignore,
  fn: async () => {
    const ring = (port: number) =>
      builtin("tcpdump", { params: { ring: true, interface: "lo", port } });
    const runner = new ActionRunner(4);
    await runner.useBackgrounds([ring(1)]);
    await Promise.all([runner.useBackgrounds([ring(2)]), runner.stop()]);
    assert.ok(!runner.hasBackground(ring(1)) && !runner.hasBackground(ring(2)));
  },
});
