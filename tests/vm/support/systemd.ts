/**
 * A guest whose first process is systemd, as on Debian 12: with its journal, dpkg and AppArmor, so that
 * a package can be installed and its unit runs in its real sandbox.
 * @module
 */
import { dirname, join } from "node:path";
import { digest, stage } from "./cache.ts";
import { exec } from "./exec.ts";
import { download, guestRoot, unpack } from "./packages.ts";
import { bootVm, type Vm } from "./vm.ts";

const PACKAGES = [
  "systemd",
  "dpkg",
  "tar",
  "perl-base",
  "init-system-helpers",
  "apparmor",
  "libc-bin",
];

const PROGRAMS = [
  "/usr/lib/systemd/systemd",
  "/usr/lib/systemd/systemd-journald",
  "/usr/lib/systemd/systemd-cgroups-agent",
  "/usr/lib/systemd/systemd-shutdown",
  "/usr/bin/systemctl",
  "/usr/bin/journalctl",
  "/usr/bin/systemd-analyze",
  "/usr/bin/dpkg",
  "/usr/bin/dpkg-deb",
  "/usr/bin/dpkg-query",
  "/usr/bin/dpkg-split",
  "/usr/bin/tar",
  "/usr/bin/perl",
  "/usr/bin/deb-systemd-helper",
  "/usr/bin/deb-systemd-invoke",
  "/usr/sbin/apparmor_parser",
  "/usr/sbin/start-stop-daemon",
  "/usr/sbin/ldconfig",
];
const TREES = ["/usr/lib/x86_64-linux-gnu/perl-base", "/etc/apparmor.d", "/etc/apparmor"]
  .concat("/usr/share/apparmor-features");
/** Opened at run time. */
const LIBRARIES = ["libseccomp.so.2", "libapparmor.so.1", "libkmod.so.2", "libcap.so.2"]
  .map((name) => `/usr/lib/x86_64-linux-gnu/${name}`);
/** Units of the package that boot needs; none starts udev, mounts or a login. */
const UNITS = /^(?:.*\.target|systemd-journald(?:-dev-log|-audit)?\.(?:service|socket))$/;
const UNIT_DIRECTORY = "/usr/lib/systemd/system";

/** The C library is there: what depends on it can be configured. */
const DPKG_STATUS = `Package: libc6
Status: install ok installed
Architecture: amd64
Maintainer: none <none@localhost>
Version: 2.36-9
Description: what the guest has

`;

const TEXTS: Record<string, string> = {
  "/etc/machine-id": "0123456789abcdef0123456789abcdef\n",
  "/etc/os-release": "ID=debian\nVERSION_ID=12\nNAME=Debian\n",
  "/etc/hostname": "lab\n",
  "/etc/fstab": "",
  "/var/lib/dpkg/status": DPKG_STATUS,
  "/var/lib/dpkg/available": "",
  "/var/lib/dpkg/info/format": "1\n",
  "/var/lib/dpkg/updates/.keep": "",
  "/var/lib/dpkg/triggers/.keep": "",
  // Its package's script makes this one.
  "/etc/apparmor.d/tunables/xdg-user-dirs.d/site.local": "",
};

/** The unpacked tree with systemd in it. */
async function systemdRoot(): Promise<string> {
  const archives = await stage(
    "systemd-debs",
    digest(...PACKAGES),
    (dir) => download(dir, PACKAGES),
  );
  return await stage("systemd-root", digest(archives), async (dir) => {
    for (const name of ["bin", "sbin", "lib", "lib64"]) {
      await Deno.mkdir(join(dir, "usr", name), { recursive: true });
      await Deno.symlink(`usr/${name}`, join(dir, name));
    }
    for await (const entry of Deno.readDir(archives)) {
      if (entry.name.endsWith(".deb")) await unpack(join(archives, entry.name), dir);
    }
  });
}

/** Guest paths of the libraries that the programs load, in the words of the tree's own loader. */
async function librariesOf(root: string, programs: readonly string[]): Promise<string[]> {
  const directory = join(root, "usr/lib/x86_64-linux-gnu");
  const loader = join(root, "lib64/ld-linux-x86-64.so.2");
  const found = new Set<string>();
  for (const program of programs) {
    const search = ["--library-path", `${directory}:${directory}/systemd`];
    const text = await exec([loader, ...search, "--list", join(root, program)]).catch(() => "");
    for (const [, path] of text.matchAll(/=> (\/\S+) \(0x/g)) found.add(path.slice(root.length));
  }
  return [...found];
}

function filesBelow(root: string, directory: string): string[] {
  return [...Deno.readDirSync(join(root, directory))].flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    return entry.isDirectory ? filesBelow(root, path) : entry.isFile ? [path] : [];
  });
}

/** A link of the tree may lead to where the tree will be the root. */
function realIn(root: string, path: string): string {
  let real = path;
  for (let depth = 0; depth < 8; depth++) {
    if (!Deno.lstatSync(join(root, real)).isSymlink) return join(root, real);
    const target = Deno.readLinkSync(join(root, real));
    real = target.startsWith("/") ? target : join(dirname(real), target);
  }
  throw new Error(`Cannot add ${path}: because its symbolic links do not end`);
}

/** Guest path to host path or bytes, of all that the base image has not. */
async function systemdFiles(): Promise<Record<string, string | Uint8Array>> {
  await guestRoot();
  const root = await systemdRoot();
  const units = [...Deno.readDirSync(join(root, UNIT_DIRECTORY))]
    .filter(({ name, isFile }) => isFile && UNITS.test(name))
    .map(({ name }) => `${UNIT_DIRECTORY}/${name}`);
  const paths = [
    ...[...PROGRAMS, ...LIBRARIES, ...await librariesOf(root, [...PROGRAMS, ...LIBRARIES])],
    ...[...units, ...TREES.flatMap((tree) => filesBelow(root, tree))],
  ];
  const files: Record<string, string | Uint8Array> = {};
  for (const path of paths) files[path] = realIn(root, path);
  for (const [path, text] of Object.entries(TEXTS)) files[path] = new TextEncoder().encode(text);
  const own = new URL("./guest/systemd/", import.meta.url).pathname;
  files["/usr/sbin/systemd-init"] = join(own, "init");
  for (const name of ["default.target", "vm-agent.service"]) {
    files[`/etc/systemd/system/${name}`] = join(own, name);
  }
  return files;
}

/** Boots a guest with systemd, with these files in it, and a share mounted. */
export async function bootSystemd(files: Record<string, string> = {}): Promise<Vm> {
  return await bootVm({
    kernel: "6.1",
    files: { ...await systemdFiles(), ...files },
    memoryMb: 1536,
    appendCmdline: "rdinit=/usr/sbin/systemd-init systemd.show_status=0 systemd.log_level=info",
    mount: true,
  });
}
