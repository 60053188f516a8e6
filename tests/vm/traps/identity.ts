/**
 * Traps about what identifies a request: logons, ids that repeat, trees, names.
 * @module
 */
import assert from "node:assert/strict";
import { mountBadPassword, mountMissingShare, netemDelay } from "../support/faults.ts";
import { observe } from "../support/guest_probe.ts";
import { mountShare, unmount } from "../support/mounts.ts";
import type { Vm } from "../support/vm.ts";
import { assertLedger, EVERYTHING, has, requests } from "./dump.ts";

const [MORE_PROCESSING, LOGON_FAILURE, BAD_NETWORK_NAME] = [0xc0000016, 0xc000006d, 0xc00000cc];

/** The steps; share `s` is mounted. */
export async function identityTraps(t: Deno.TestContext, vm: Vm): Promise<void> {
  const long = "ü".repeat(100);
  const dump = await observe(
    vm,
    { rules: EVERYTHING, probe: { hook_mode: "auto" } },
    async () => {
      await mountBadPassword(vm);
      await mountMissingShare(vm);
      await Promise.all(
        ["t", "u"].map((share) =>
          mountShare(vm, { share, options: "nosharesock,echo_interval=1" })
        ),
      );
      {
        // Longer than the interval: each connection has an ECHO under way all the time.
        await using _far = await netemDelay(vm, 900);
        await vm.check("sleep 5");
      }
      await vm.check(
        `echo x >'/mnt/t/ä € 𝄞 \u{1F600}'; cat '/mnt/t/ä € 𝄞 \u{1F600}'; touch /mnt/t/${long}`,
      );
      await unmount(vm, "/mnt/t");
      await unmount(vm, "/mnt/u");
    },
  );
  assert.equal(dump.mode, "fentry");
  assertLedger(dump);

  await t.step(
    "4: a step of a logon is no failure and has its session; a bad password is one",
    () => {
      const setups = requests(dump, "SMB2_SESSION_SETUP");
      const steps = setups.filter((r) => r.status === MORE_PROCESSING);
      // One for each session at least: the bad password's and the two new connections'.
      assert.ok(steps.length >= 3);
      for (const step of steps) {
        assert.equal(step.error, -5);
        assert.equal(has(step, "FAILED"), false);
        assert.notEqual(step.session_id, 0n);
      }
      const refused = setups.filter((r) => has(r, "FAILED"));
      assert.deepEqual(refused.map((r) => [r.status, r.error]), [[LOGON_FAILURE, -13]]);
      assert.equal(refused[0].comm, "mount.cifs");
    },
  );

  await t.step("5: two requests with the same ids, in flight at once, stay two", () => {
    // An ECHO has no session, and both connections have counted the same messages.
    const echoes = requests(dump, "SMB2_ECHO");
    const twins = echoes.flatMap((a) =>
      echoes.filter((b) =>
        b.connection_id > a.connection_id && b.message_id === a.message_id &&
        b.end_ns - b.latency_ns < a.end_ns && a.end_ns - a.latency_ns < b.end_ns
      ).map((b) => ({ a, b }))
    );
    assert.ok(
      twins.length > 0,
      JSON.stringify(
        echoes.map((e) =>
          `${e.connection_id} ${e.message_id} ${e.end_ns - e.latency_ns} ${e.end_ns}`
        ),
      ),
    );
    for (const { a, b } of twins) {
      assert.deepEqual([a.session_id, b.session_id], [0n, 0n]);
      for (const twin of [a, b]) assert.ok(twin.latency_ns > 500_000_000n);
    }
  });

  await t.step("5: only what belongs to a tree has a tree id, and its share", () => {
    for (const command of ["SMB2_NEGOTIATE", "SMB2_SESSION_SETUP", "SMB2_TREE_CONNECT"] as const) {
      for (const r of requests(dump, command)) assert.equal(has(r, "TREE_VALID"), false);
    }
    const [touch] = requests(dump, "SMB2_CREATE").filter((r) => r.comm === "touch");
    assert.ok(has(touch, "TREE_VALID"));
    assert.equal(touch.share, "\\\\127.0.0.1\\t");
    assert.equal(touch.server, "127.0.0.1");
  });

  await t.step("a mount of a missing share says which", () => {
    const [missing] = requests(dump, "SMB2_TREE_CONNECT").filter((r) => has(r, "FAILED"));
    assert.equal(missing.status, BAD_NETWORK_NAME);
    assert.equal(missing.name, "\\\\127.0.0.1\\nosuchshare");
  });

  await t.step(
    "files have their names, from the CREATE to the CLOSE, cut between characters",
    () => {
      const name = "ä € 𝄞 \u{1F600}";
      for (const command of ["SMB2_CREATE", "SMB2_WRITE", "SMB2_CLOSE"] as const) {
        assert.ok(requests(dump, command).some((r) => r.name === name), command);
      }
      const [cut] = requests(dump, "SMB2_CREATE").filter((r) => r.comm === "touch");
      assert.equal(cut.name, "ü".repeat(63));
      assert.ok(has(cut, "NAME_CUT"));
    },
  );
}
