/**
 * The launcher's cache directory: what lies there is executed as root, so whatever is not as the
 * launcher made it is refused or made anew, and what was planted never runs.
 * @module
 */
import assert from "node:assert/strict";
import { AOD, inNamespace, isLauncher, type Outcome } from "../support/program.ts";

/** Unpacks, does `tamper` in the version's directory $V below $C, then runs aod again. */
function tampered(tamper: string): Promise<Outcome> {
  return inNamespace(
    `C=/var/cache/aod; ${AOD} --version >/dev/null; V=$(echo $C/*); ` +
      // What is planted answers with a word that aod never says.
      `plant() { printf '#!/bin/sh\\necho PLANTED\\n' >"$1"; chmod 0500 "$1"; }; ` +
      `${tamper}; ${AOD} version; echo "== $(stat -c '%U %a %F %h %s' $V/aod 2>/dev/null)"`,
  );
}

const ignore = !await isLauncher();

function launcherTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore, fn });
}

const HEALED = /^aod .*\n(.*\n)*== root 500 regular file 1 \d{8}\n$/;

const HEALED_AFTER: Record<string, string> = {
  "a program of another size": "rm $V/aod; plant $V/aod",
  "a program with another mode": "chmod 0755 $V/aod",
  "a program of another owner": "chown 1000 $V/aod",
  "a link instead of the program": "plant /run/x; rm $V/aod; ln -s /run/x $V/aod",
  "a second name for the program": "ln $V/aod /var/cache/second",
  "a file that is missing": "rm $V/aod.script",
  "a version directory with another mode": "chmod 0755 $V",
  "a version directory of another owner": "chown 1000 $V",
  "a link instead of the version directory":
    "mkdir /run/v; plant /run/v/aod; rm -r $V; ln -s /run/v $V",
  "a file instead of the version directory": "rm -r $V; touch $V",
};

for (const [what, tamper] of Object.entries(HEALED_AFTER)) {
  launcherTest(`${what} is replaced`, async () => {
    const { code, stdout, stderr } = await tampered(tamper);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    assert.match(stdout, HEALED);
    assert.doesNotMatch(stdout, /PLANTED/);
  });
}

const REFUSED_AFTER: Record<string, [tamper: string, reason: RegExp]> = {
  "a cache directory of another user": ["chown 1000 $C", /it belongs to another user/],
  "a cache directory that others may write": ["chmod 0777 $C", /others may write to it/],
  "a parent that others may write": ["chmod 0777 /var/cache", /others may write above it/],
  "a link instead of the cache directory": [
    "mv $C /run/moved; ln -s /run/moved $C",
    /a part of it is a link/,
  ],
};

for (const [what, [tamper, reason]] of Object.entries(REFUSED_AFTER)) {
  launcherTest(`${what} is refused, and said so`, async () => {
    const { code, stdout, stderr } = await tampered(`${tamper}; rm -f $V/aod; plant $V/aod`);
    assert.equal(code, 0);
    assert.match(stdout, /^aod /);
    assert.doesNotMatch(stdout, /PLANTED/);
    assert.match(stderr, /^aod: not using \/var\/cache\/aod: because .*\n$/);
    assert.match(stderr, reason);
  });
}

launcherTest("a cache directory that was too open for reading is closed again", async () => {
  const { stdout } = await tampered("chmod 0755 $C; trap 'stat -c %a $C' EXIT");
  assert.match(stdout, /^700$/m);
});

launcherTest("other versions go, unless a process still runs from them", async () => {
  const used = "a".repeat(64);
  const unused = "b".repeat(64);
  const { stdout } = await inNamespace(
    `C=/var/cache/aod; mkdir -m 0700 $C; mkdir -m 0700 $C/${used} $C/${unused} $C/.new-1 $C/kept; ` +
      `touch $C/${unused}/aod $C/.new-1/aod; exec 9<$C/${used}; flock -s 9; ` +
      `${AOD} --version; ls -A $C`,
  );
  const [, ...names] = stdout.trim().split("\n");
  const own = names.filter((name) => /^[0-9a-f]{64}$/.test(name) && name !== used);
  assert.equal(own.length, 1);
  assert.deepEqual(names.filter((name) => name !== own[0]).sort(), [used, "kept"].sort());
});

launcherTest("two first starts at once both run, and leave one directory", async () => {
  const { code, stdout, stderr } = await inNamespace(
    `${AOD} --version & a=$!; ${AOD} --version; wait $a; ls -A /var/cache/aod | wc -l`,
  );
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.match(stdout, /^(\d+\.\d+\.\d+\n){2}1\n$/);
});

launcherTest("a full disk is no obstacle: the program runs from memory", async () => {
  const { code, stdout } = await inNamespace(
    "mount -o remount,size=1m /var/cache; mount -o remount,size=1m /run; " +
      `${AOD} --version; ls -A /var/cache/aod /run/aod-cache`,
  );
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n/);
  assert.doesNotMatch(stdout, /\.new-|[0-9a-f]{64}/);
});

launcherTest("a program that was cut or stripped says so", async () => {
  const { code, stderr } = await inNamespace(
    `head -c 1000000 ${AOD} >/run/cut; chmod +x /run/cut; /run/cut version`,
  );
  assert.equal(code, 1);
  assert.match(stderr, /^aod: Cannot start: because .*(damaged|packed)/);
});
