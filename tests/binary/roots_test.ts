/**
 * The built program on hosts that offer little: a root with only glibc and /proc, a read-only root,
 * nothing executable, no environment.
 * @module
 */
import assert from "node:assert/strict";
import {
  AOD,
  inBareRoot,
  inNamespace,
  isLauncher,
  makeBareRoot,
  type Outcome,
} from "../support/program.ts";

const ignore = !await isLauncher();

function launcherTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore, fn });
}

Deno.test("version, check and config run in a root with only glibc and /proc", async () => {
  const root = await makeBareRoot();
  try {
    for (const args of [["version"], ["check"], ["config", "default"], ["config", "show"]]) {
      const { code, stdout, stderr } = await inBareRoot(root, ...args);
      assert.equal(stderr, "", args.join(" "));
      assert.equal(code, 0, args.join(" "));
      assert.notEqual(stdout, "");
    }
    const left = [...Deno.readDirSync(root)].map((entry) => entry.name).sort();
    assert.ok(!left.includes("var") && !left.includes("dev"), `left behind: ${left}`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("it starts from a read-only root", async () => {
  const { code, stdout, stderr } = await inNamespace(
    "mount -o remount,ro /var/cache; mount -o remount,ro /run; " +
      `mount --bind / /mnt; mount -o remount,bind,ro /mnt; ` +
      `mount --bind -o ro /var/cache /mnt/var/cache; mount --bind -o ro /run /mnt/run; ` +
      `mount -t proc none /mnt/proc; ! touch /mnt/x 2>/dev/null; ` +
      `exec env -i /usr/sbin/chroot /mnt ${AOD} version`,
  );
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.match(stdout, /^aod /);
});

Deno.test("it starts where every directory it could unpack to, and /tmp, is noexec", async () => {
  const { code, stdout, stderr } = await inNamespace(
    // A copy: the checkout itself may lie below /tmp.
    `mount -t tmpfs none /mnt; cp ${AOD} /mnt/aod; ` +
      "mount -t tmpfs -o noexec none /tmp; mount -o remount,noexec /var/cache; " +
      "mount -o remount,noexec /run; env -i /mnt/aod version; ls -A /var/cache/aod /run/aod-cache",
  );
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.match(stdout, /^aod /);
  assert.doesNotMatch(stdout, /[0-9a-f]{64}/);
});

launcherTest("it unpacks to /run where /var/cache cannot be written", async () => {
  const { stdout } = await inNamespace(
    `mount -o remount,ro /var/cache; ${AOD} version >/dev/null; ls -d /run/aod-cache/*`,
  );
  assert.match(stdout, /^\/run\/aod-cache\/[0-9a-f]{64}\n$/);
});

launcherTest("variables that would change Deno's behaviour do not reach it", async () => {
  const { code, stdout, stderr } = await inNamespace(
    `DENO_V8_FLAGS=--nonsense DENO_DIR=/run/planted NODE_OPTIONS=--nonsense ${AOD} version; ls /run`,
  );
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.doesNotMatch(stdout, /planted/);
});

/** Runs a copy of aod as the user nobody, with a home directory of its own below /run. */
function asNobody(environment: string, after: string): Promise<Outcome> {
  return inNamespace(
    `cp ${AOD} /run/aod; install -d -o 65534 -m 0700 /run/home; cd /; ` +
      `setpriv --reuid 65534 --regid 65534 --clear-groups env -i ${environment} /run/aod version; ` +
      after,
  );
}

launcherTest("another user than root unpacks to a cache of its own", async () => {
  for (const variable of ["XDG_CACHE_HOME=/run/home/.cache", "HOME=/run/home"]) {
    const { code, stdout, stderr } = await asNobody(
      variable,
      "stat -c '%u %a %n' /run/home/.cache/aod /run/home/.cache/aod/*",
    );
    assert.equal(stderr, "");
    assert.equal(code, 0);
    assert.match(stdout, /\n65534 700 \/run\/home\/\.cache\/aod\n65534 700 .*\/[0-9a-f]{64}\n$/);
  }
});

launcherTest("a user without a home runs it from memory", async () => {
  const { code, stdout, stderr } = await asNobody("LANG=C", "ls -A /run/home /var/cache");
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.match(stdout, /^aod (.*\n)*\/run\/home:\n\n\/var\/cache:\n$/);
});

/** Leaves every descriptor up to this one open for the program that follows. */
function descriptorsTo(last: number): string {
  return `for n in $(seq 3 ${last}); do eval "exec $n</dev/null"; done; `;
}

launcherTest("it runs from memory whatever descriptors its caller left open", async () => {
  const { code, stdout, stderr } = await inNamespace(
    "mount -o remount,ro /var/cache; mount -o remount,ro /run; " +
      `${descriptorsTo(99)} exec env -i ${AOD} version`,
  );
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.match(stdout, /^aod /);
});

launcherTest(
  "it holds the lock on its files whatever descriptors its caller left open",
  async () => {
    // The licences are longer than a pipe holds: it waits in its write while the lock is looked at.
    const { stdout } = await inNamespace(
      `${AOD} version >/dev/null; (${
        descriptorsTo(109)
      } exec env -i ${AOD} version --licenses) | ` +
        "{ read -r _; flock -n -x /var/cache/aod/* true && echo free || echo held; cat >/dev/null; }",
    );
    assert.equal(stdout, "held\n");
  },
);
