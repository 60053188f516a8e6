/**
 * Which C library the built program needs: the oldest it runs with is the one Deno asks for.
 * @module
 */
import assert from "node:assert/strict";
import { AOD, CHECKOUT, isLauncher, runCommand } from "../support/program.ts";

/** glibc 2.27 (2018), what Deno 2.9.6 needs. */
const NEWEST_ALLOWED = [2, 27];

async function glibcVersions(path: string): Promise<number[][]> {
  const { code, stdout, stderr } = await runCommand("/usr/bin/readelf", ["-W", "-V", path]);
  assert.equal(code, 0, stderr);
  return [...stdout.matchAll(/Name: GLIBC_(\d+)\.(\d+)/g)].map((m) => [Number(m[1]), Number(m[2])]);
}

function later(a: number[], b: number[]): boolean {
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}

for (const path of [Deno.execPath(), `${CHECKOUT}/build/libaodnative.so`]) {
  Deno.test(`${path.split("/").at(-1)} needs no glibc after 2.27`, async () => {
    const versions = await glibcVersions(path);
    assert.ok(versions.length > 0);
    assert.deepEqual(versions.filter((version) => later(version, NEWEST_ALLOWED)), []);
  });
}

Deno.test("libaodnative.so needs nothing but the C library", async () => {
  const path = `${CHECKOUT}/build/libaodnative.so`;
  const { stdout } = await runCommand("/usr/bin/readelf", ["-W", "-d", path]);
  const needed = [...stdout.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map((m) => m[1]).sort();
  assert.deepEqual(needed.filter((name) => !name.startsWith("ld-linux")), ["libc.so.6"]);
});

Deno.test({
  name: "the launcher itself is static, and the program is at most 40 MB",
  ignore: !await isLauncher(),
  fn: async () => {
    const { stdout } = await runCommand("/usr/bin/readelf", ["-W", "-l", AOD]);
    assert.doesNotMatch(stdout, /INTERP/);
    assert.ok((await Deno.stat(AOD)).size <= 40e6);
  },
});
