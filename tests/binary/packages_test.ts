/**
 * The deb and the rpm of ./aod: the same bytes twice, what is in them, and their life in a clean root:
 * install, upgrade with a changed configuration, remove, purge. The life under systemd is tested in a
 * guest (tests/systemd).
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { buildDeb, debianArch, GLIBC } from "../../packaging/deb/build.ts";
import { aodVersion, buildPackages } from "../../packaging/package.ts";
import { buildRpm } from "../../packaging/rpm/build.ts";
import { filesBelow } from "../../packaging/run.ts";
import { sha256 } from "../../packaging/step.ts";
import { filesOf, makeCleanRoot } from "../support/clean_root.ts";
import { AOD, CHECKOUT, type Outcome, runCommand } from "../support/program.ts";

const EPOCH_SEC = 1_700_000_000;
const VERSION = aodVersion();
const NEXT = {
  version: `${VERSION}.1`,
  epoch_sec: EPOCH_SEC + 1,
  config: "# of the next version\n",
};
const ENVIRONMENT = {
  PATH: Deno.env.get("PATH") ?? "",
  HOME: Deno.env.get("HOME") ?? "/",
  SOURCE_DATE_EPOCH: String(EPOCH_SEC),
};
const OWN_CHANGE = "# changed by hand\n";

interface Made {
  directory: string;
  next: { deb: string; rpm: string };
}

let made: Promise<Made> | null = null;

/** Both packages of this version (as a release makes them) and of the next, made once. */
function packages(): Promise<Made> {
  return made ??= makePackages();
}

async function makePackages(): Promise<Made> {
  const directory = await Deno.makeTempDir({ prefix: "aod-packages-" });
  const released = await runCommand(
    Deno.execPath(),
    ["run", "-A", `${CHECKOUT}/packaging/release.ts`, "--dirty", "--out", `${directory}/release`],
    ENVIRONMENT,
  );
  assert.equal(released.code, 0, released.stderr);
  const [deb, rpm] = await Promise.all([buildDeb(NEXT, directory), buildRpm(NEXT, directory)]);
  return { directory, next: { deb, rpm } };
}

function named(directory: string, ending: string): string {
  const name = [...Deno.readDirSync(directory)].find((entry) => entry.name.endsWith(ending))?.name;
  assert.ok(name !== undefined, `no *${ending}`);
  return `${directory}/${name}`;
}

async function ok(outcome: Promise<Outcome>): Promise<string> {
  const { code, stdout, stderr } = await outcome;
  assert.equal(code, 0, stdout + stderr);
  return stdout;
}

Deno.test("a release: program, packages, bill of materials, notes, and a checksum of each", async () => {
  const { directory } = await packages();
  const release = `${directory}/release`;
  const names = filesOf(release).map((path) => path.slice(1));
  const arch = debianArch();
  assert.deepEqual(names, [
    ...["NOTES.md", "NOTICE", "SHA256SUMS", "aod", `aod-${VERSION}.cdx.json`],
    ...[`aod-${VERSION}.${Deno.build.arch}.rpm`, `aod_${VERSION}_${arch}.deb`],
  ]);
  await ok(runCommand("/bin/sh", ["-c", `cd ${release} && sha256sum --check --strict SHA256SUMS`]));
  const bom = JSON.parse(Deno.readTextFileSync(`${release}/aod-${VERSION}.cdx.json`));
  assert.equal(bom.metadata.component.hashes[0].content, sha256(Deno.readFileSync(AOD)));
});

Deno.test("two builds give the same bytes", async () => {
  const { directory } = await packages();
  const again = await buildPackages(`${directory}/again`, EPOCH_SEC);
  for (const path of again) {
    const first = Deno.readFileSync(path.replace("/again/", "/release/"));
    assert.equal(sha256(Deno.readFileSync(path)), sha256(first), path);
  }
});

Deno.test("nothing in the program names the directory it was built in", () => {
  const parts = ["bpf", "bundle"].flatMap((name) => filesBelow(`${CHECKOUT}/build/${name}`))
    .concat(`${CHECKOUT}/build/libaodnative.so`, `${CHECKOUT}/build/build-info.json`);
  assert.ok(parts.length >= 10);
  const naming = parts.filter((path) =>
    Buffer.from(Deno.readFileSync(path)).includes(`${CHECKOUT}/`)
  );
  assert.deepEqual(naming, []);
});

Deno.test("deb: installed, upgraded with its configuration kept, removed, purged", async () => {
  const { directory, next } = await packages();
  await using root = await makeCleanRoot();
  const before = filesOf(root.path);
  for (const name of ["info", "updates", "triggers"]) {
    Deno.mkdirSync(`${root.path}/var/lib/dpkg/${name}`, { recursive: true });
  }
  Deno.writeTextFileSync(
    `${root.path}/var/lib/dpkg/status`,
    `Package: libc6\nStatus: install ok installed\nArchitecture: ${debianArch()}\n` +
      `Version: ${GLIBC}-1\nMaintainer: none <none@example.org>\nDescription: none\n\n`,
  );
  // As apt has it where nobody can be asked.
  const force = ["--force-confdef", "--force-confold"];
  const dpkg = (...args: string[]) =>
    ok(runCommand("/usr/bin/dpkg", [`--root=${root.path}`, ...force, ...args], ENVIRONMENT));
  const state = () =>
    ok(runCommand("/usr/bin/dpkg-query", [
      ...[`--admindir=${root.path}/var/lib/dpkg`, "-W", "-f", "${Status} ${Version}", "aod"],
    ]));
  await dpkg("-i", named(`${directory}/release`, ".deb"));
  assert.equal(await state(), `install ok installed ${VERSION}`);
  assert.match(await ok(runCommand(`${root.path}/usr/bin/aod`, ["version"])), /^aod /);
  assert.equal((await Deno.stat(`${root.path}/usr/bin/aod`)).mode! & 0o7777, 0o755);
  await Deno.writeTextFile(`${root.path}/etc/aod.yaml`, OWN_CHANGE);
  await dpkg("-i", next.deb);
  assert.equal(await state(), `install ok installed ${NEXT.version}`);
  assert.equal(await Deno.readTextFile(`${root.path}/etc/aod.yaml`), OWN_CHANGE);
  assert.equal(await Deno.readTextFile(`${root.path}/etc/aod.yaml.dpkg-dist`), NEXT.config);
  for (const path of ["/var/log/aod/batches", "/var/cache/aod/x"]) {
    await Deno.mkdir(root.path + path, { recursive: true });
  }
  await dpkg("-r", "aod");
  assert.deepEqual(
    filesOf(root.path).filter((path) => path.includes("aod") && !path.startsWith("/var/lib/dpkg")),
    ["/etc/aod.yaml", "/etc/aod.yaml.dpkg-dist", "/etc/apparmor.d/aod"],
  );
  assert.ok((await Deno.stat(`${root.path}/var/log/aod/batches`)).isDirectory);
  await assert.rejects(Deno.stat(`${root.path}/var/cache/aod`), Deno.errors.NotFound);
  await dpkg("-P", "aod");
  // Run again on what is gone already: a script must not mind.
  await ok(runCommand("/bin/sh", [`${CHECKOUT}/packaging/deb/postrm`, "nosuch"], ENVIRONMENT));
  const left = filesOf(root.path).filter((path) => !path.startsWith("/var/lib/dpkg"));
  assert.deepEqual(left, before);
});

Deno.test("rpm: installed, upgraded with its configuration kept, removed", async () => {
  const { directory, next } = await packages();
  await using root = await makeCleanRoot();
  const before = filesOf(root.path);
  const root_options = ["--root", root.path, "--dbpath", "/var/lib/rpm"];
  // The C library of this root is no package.
  const rpm = (...args: string[]) =>
    ok(runCommand("/usr/bin/rpm", [...root_options, "--nodeps", ...args], ENVIRONMENT));
  const installed = (...args: string[]) =>
    ok(runCommand("/usr/bin/rpm", [...root_options, ...args], ENVIRONMENT));
  await rpm("-i", named(`${directory}/release`, ".rpm"));
  assert.equal(await installed("-q", "aod"), `aod-${VERSION}-1.${Deno.build.arch}\n`);
  await installed("-V", "--nodeps", "aod");
  assert.equal(await installed("-q", "--configfiles", "aod"), "/etc/aod.yaml\n");
  assert.match(await ok(runCommand(`${root.path}/usr/bin/aod`, ["version"])), /^aod /);
  await Deno.writeTextFile(`${root.path}/etc/aod.yaml`, OWN_CHANGE);
  await rpm("-U", next.rpm);
  assert.equal(await installed("-q", "aod"), `aod-${NEXT.version}-1.${Deno.build.arch}\n`);
  assert.equal(await Deno.readTextFile(`${root.path}/etc/aod.yaml`), OWN_CHANGE);
  assert.equal(await Deno.readTextFile(`${root.path}/etc/aod.yaml.rpmnew`), NEXT.config);
  await Deno.mkdir(`${root.path}/var/cache/aod/x`, { recursive: true });
  await rpm("-e", "aod");
  assert.equal(await Deno.readTextFile(`${root.path}/etc/aod.yaml.rpmsave`), OWN_CHANGE);
  const left = filesOf(root.path).filter((path) => !path.startsWith("/var/lib/rpm"));
  const kept = ["/etc/aod.yaml.rpmnew", "/etc/aod.yaml.rpmsave"];
  assert.deepEqual(left.filter((path) => !kept.includes(path)), before);
  await assert.rejects(Deno.stat(`${root.path}/var/cache/aod`), Deno.errors.NotFound);
});

Deno.test("packages and README name the glibc that the program needs", async () => {
  const needed: number[] = [];
  for (const path of [Deno.execPath(), `${CHECKOUT}/build/libaodnative.so`]) {
    const text = await ok(runCommand("/usr/bin/readelf", ["-W", "-V", path]));
    needed.push(...[...text.matchAll(/Name: GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor)));
  }
  assert.equal(`2.${Math.max(...needed)}`, GLIBC);
  assert.ok(Deno.readTextFileSync(`${CHECKOUT}/README.md`).includes(`glibc ${GLIBC}`));
});

Deno.test("what the packages were made in is removed", async () => {
  const { directory } = await packages();
  await Deno.remove(directory, { recursive: true });
});
