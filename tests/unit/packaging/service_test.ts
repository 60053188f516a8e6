/**
 * The unit, the AppArmor profile and the pages that describe them agree.
 * @module
 */
import assert from "node:assert/strict";

const CHECKOUT = new URL("../../../", import.meta.url).pathname;
const UNIT = Deno.readTextFileSync(`${CHECKOUT}packaging/systemd/aod.service`);
const PROFILE = Deno.readTextFileSync(`${CHECKOUT}packaging/apparmor/aod`);
const PAGE = Deno.readTextFileSync(`${CHECKOUT}docs/packaging.md`);

/** All values of a key; one that stands several times adds up. */
function values(key: string): string[] {
  return [...UNIT.matchAll(new RegExp(`^${key}=(.*)$`, "gm"))].flatMap(([, text]) =>
    text.split(" ")
  );
}

Deno.test("every capability of the unit is in the profile and explained, and none else", () => {
  const capabilities = values("CapabilityBoundingSet").sort();
  const inProfile = [...PROFILE.matchAll(/^ {2}capability ([a-z_]+),$/gm)]
    .map(([, name]) => `CAP_${name.toUpperCase()}`).sort();
  assert.deepEqual(inProfile, capabilities);
  const explained = [...PAGE.matchAll(/^\| `(CAP_[A-Z_]+)` /gm)].map(([, name]) => name).sort();
  assert.deepEqual(explained, capabilities);
});

Deno.test("the unit: notify, watchdog, restart with limits, an alias; the engine may make code", () => {
  assert.deepEqual(values("Type"), ["notify"]);
  assert.deepEqual(values("Restart"), ["on-failure"]);
  assert.deepEqual(values("Alias"), ["linux_diagnostics.service"]);
  for (const key of ["WatchdogSec", "StartLimitBurst", "MemoryMax", "NotifyAccess", "ExecReload"]) {
    assert.equal(values(key).length > 0, true, key);
  }
  assert.deepEqual(values("MemoryDenyWriteExecute"), []);
});

Deno.test("every directory that the unit makes is one that the profile lets it write to", () => {
  const places = {
    RuntimeDirectory: "/run",
    LogsDirectory: "/var/log",
    CacheDirectory: "/var/cache",
  };
  for (const [key, parent] of Object.entries(places)) {
    const [name] = values(key);
    assert.match(PROFILE, new RegExp(`^ {2}${parent}/${name}/ rw,$`, "m"));
    assert.match(PROFILE, new RegExp(`^ {2}${parent}/${name}/\\*\\* rwkl?,$`, "m"));
  }
});
