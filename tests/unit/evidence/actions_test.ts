/**
 * Quick actions as plans: every one of the registry, with what it must and must never do.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { builtinActions } from "../../../src/config/actions.ts";
import type { ActionContext, Step } from "../../../src/evidence/actions/action.ts";
import { PacketRing } from "../../../src/evidence/actions/packet_ring.ts";
import { actionOf, ACTIONS } from "../../../src/evidence/actions/registry.ts";
import { SUBCOMMANDS } from "../../../src/evidence/actions/smbinfo.ts";
import { chooseBefore, statsDelta } from "../../../src/evidence/actions/stats.ts";
import { smbLines } from "../../../src/evidence/actions/mounts.ts";
import { mountsOf, smbMounts } from "../../../src/evidence/mounts.ts";
import { parseMountinfo } from "../../../src/os/mountinfo.ts";
import { anomalyNow, builtin, command } from "../../support/evidence.ts";

const MOUNTINFO = [
  "22 28 0:21 / /sys rw,nosuid shared:7 - sysfs sysfs rw",
  "40 28 0:40 / /mnt/a\\040b rw shared:9 - cifs //server/share rw,vers=3.1.1,port=1445",
  "41 28 0:41 / /mnt/c rw - smb3 //other/dept\\040x rw,vers=3.0",
  "garbage",
].join("\n");

function context(name: string, over: Partial<ActionContext> = {}): ActionContext {
  return {
    spec: builtin(name),
    anomaly: anomalyNow(),
    first_start_wall_ns: 1_700_000_000_900_000_000n,
    journal_lookback_sec: 10,
    mounts: smbMounts(parseMountinfo(MOUNTINFO)),
    ...over,
  };
}

function argvs(steps: readonly Step[]): string[][] {
  return steps.flatMap((step) =>
    step.kind === "first" ? argvs(step.of) : step.kind === "command" ? [step.argv] : []
  );
}

Deno.test("the registry has exactly the actions the configuration knows", () => {
  assert.deepEqual([...ACTIONS.keys()].sort(), [...builtinActions().keys()].sort());
});

Deno.test("every action has a plan", () => {
  for (const [name, action] of ACTIONS) {
    assert.ok(action.plan(context(name)).length > 0, name);
    for (const [program] of argvs(action.plan(context(name)))) {
      assert.ok(action.programs.includes(program), `${name} runs ${program}`);
    }
  }
});

Deno.test("journals are read from before the first offending request on", () => {
  for (const name of ["dmesg", "journalctl"]) {
    const [argv] = argvs(ACTIONS.get(name)?.plan(context(name)) ?? []);
    assert.ok(argv.includes("--since=@1699999990"), argv.join(" "));
  }
});

Deno.test("smbinfo asks the shares concerned, read-only, and never for keys", () => {
  const pattern = { count: 1, code: "", command: "", server: "", process: "" };
  const anomaly = anomalyNow({ patterns: [{ ...pattern, share: "\\\\SERVER\\share" }] });
  const asked = argvs(ACTIONS.get("smbinfo")?.plan(context("smbinfo", { anomaly })) ?? []);
  assert.equal(asked.length, SUBCOMMANDS.length);
  for (const [program, subcommand, path] of asked) {
    assert.equal(program, "smbinfo");
    assert.equal(path, "/mnt/a b");
    assert.ok(!["keys", "setcompression", "notify"].includes(subcommand));
  }
});

Deno.test("ss covers the ports of the mounts", () => {
  const [argv] = argvs(ACTIONS.get("ss")?.plan(context("ss")) ?? []);
  assert.match(argv[2], /:445 .*:1445/);
});

Deno.test("actions of the configuration run as given", () => {
  const spec = command("mine", ["echo", "a b", "$(x)"]);
  const action = actionOf(spec);
  assert.deepEqual(argvs(action?.plan(context("ss", { spec })) ?? []), [["echo", "a b", "$(x)"]]);
  const file = { ...spec, kind: "file" as const, file: "/var/log/x y" };
  const [argv] = argvs(actionOf(file)?.plan(context("ss", { spec: file })) ?? []);
  assert.ok(argv.includes("if=/var/log/x y") && argv.includes("iflag=nofollow"));
  assert.equal(actionOf(builtin("ss", { name: "nosuch" })), null);
});

Deno.test("mountinfo: SMB mounts with escapes and ports; shares in either slash", () => {
  const mounts = smbMounts(parseMountinfo(MOUNTINFO));
  assert.deepEqual(mounts, [
    { mount_point: "/mnt/a b", source: "//server/share", port: 1445 },
    { mount_point: "/mnt/c", source: "//other/dept x", port: 445 },
  ]);
  assert.deepEqual(mountsOf(mounts, ["\\\\other\\DEPT x"]), [mounts[1]]);
  assert.deepEqual(mountsOf(mounts, ["//gone/share"]), mounts);
  fc.assert(fc.property(fc.string(), (text) => void smbMounts(parseMountinfo(text))));
});

Deno.test("mounts: only SMB lines", () => {
  const line = "//s/x /mnt cifs rw 0 0";
  assert.equal(smbLines(`proc /proc proc rw 0 0\n${line}\ncifs /x tmpfs rw 0 0\n`), line);
});

Deno.test("stats: only what changed, under its share", () => {
  const before =
    "Resources in use\nCIFS Session: 1\n1) \\\\s\\a\nSMBs: 10\nReads: 4 total 0 failed\n" +
    "2) \\\\s\\b\nSMBs: 7\n";
  const after = before.replace("Reads: 4 total 0", "Reads: 9 total 2").replace(
    "SMBs: 7",
    "SMBs: 8",
  );
  assert.equal(
    statsDelta(before, after),
    "1) \\\\s\\a\n  Reads: 9 (+5) total 2 (+2) failed\n2) \\\\s\\b\n  SMBs: 8 (+1)\n",
  );
  assert.equal(statsDelta(before, before), "no counter changed\n");
});

/** A pcap stream of packets with these lengths. */
function pcap(lengths: number[]): Uint8Array {
  const header = new Uint8Array(24);
  new DataView(header.buffer).setUint32(0, 0xa1b2c3d4, true);
  const parts = [header];
  for (const [i, length] of lengths.entries()) {
    const packet = new Uint8Array(16 + length).fill(i % 251);
    new DataView(packet.buffer).setUint32(8, length, true);
    parts.push(packet);
  }
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("the packet ring keeps whole packets, the newest, within its limit", () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 40 });
  const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(lengths, sizes, (packets, chunks) => {
    const stream = pcap(packets);
    const ring = new PacketRing(1_000_000);
    for (let at = 0, i = 0; at < stream.length; i++) {
      const size = chunks[i % chunks.length];
      ring.push(stream.subarray(at, at + size));
      at += size;
    }
    assert.deepEqual(ring.contents().flatMap((part) => [...part]), [...stream]);
  }));
  const ring = new PacketRing(200_000);
  const big = pcap(Array(2000).fill(484));
  for (let at = 0; at < big.length; at += 4096) ring.push(big.subarray(at, at + 4096));
  const kept = ring.contents().slice(1).reduce((sum, part) => sum + part.byteLength, 0);
  assert.ok(kept <= 200_000 && kept > 100_000 && kept % 500 === 0, String(kept));
  assert.equal(kept + ring.droppedBytes, 2000 * 500);
  assert.throws(() => new PacketRing(100).push(new Uint8Array(24)), /not pcap/);
});

Deno.test("stats: a look taken while the trouble may have been on is not the one compared with", () => {
  const look = (taken_ms: number) => ({ text: "", taken_ms });
  const [early, late] = [look(0), look(60_000)];
  assert.equal(chooseBefore([], 5), null);
  assert.equal(chooseBefore([early], 5), early, "the only one");
  assert.equal(chooseBefore([late, early], 60_500), early);
  assert.equal(chooseBefore([late, early], 89_999), early);
  assert.equal(chooseBefore([late, early], 90_000), late);
});
