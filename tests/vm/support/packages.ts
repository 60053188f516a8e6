/**
 * Debian packages of the guest: downloaded (never installed on the host) and unpacked into one
 * merged-usr tree, with the SMB user created in it.
 * @module
 */
import { join } from "node:path";
import { digest, stage } from "./cache.ts";
import { exec } from "./exec.ts";

/** What the guest is made of; their dependencies come along. */
const PACKAGES = [
  "samba",
  "samba-vfs-modules",
  "cifs-utils",
  "iproute2",
  "kmod",
  "busybox-static",
  "bpftool",
  "strace",
  "bash",
  "libgcc-s1",
  "tcpdump",
  "lsof",
  "python3-minimal",
];

/** Packages that come as dependencies but hold nothing the guest runs. */
const UNUSED = /^(perl|libperl|debconf|dpkg|gcc-12-base|media-types|init-system|usrmerge)/;

/** SMB user of every share. */
export const SMB_USER = "u1";
export const SMB_PASSWORD = "pw";

const PASSWD = `root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false
${SMB_USER}:x:1000:1000:${SMB_USER}:/:/bin/sh
tcpdump:x:100:65534:what tcpdump becomes when it has opened the socket:/:/bin/false
`;
const ETC: Record<string, string> = {
  "passwd": PASSWD,
  "group": `root:x:0:\nnogroup:x:65534:\n${SMB_USER}:x:1000:\n`,
  "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
  "hosts": "127.0.0.1 localhost lab\n",
};

/** Runs apt-get with an empty package state, so that the answer does not depend on the host. */
export async function download(directory: string, packages: string[]): Promise<void> {
  await Deno.mkdir(join(directory, "partial"), { recursive: true });
  const argv = [
    "apt-get",
    "-qq",
    "-o",
    "Dir::State::status=/dev/null",
    "-o",
    `Dir::Cache::archives=${directory}`,
    "-o",
    "APT::Sandbox::User=root",
    "--no-install-recommends",
    "-d",
    "-y",
    "install",
    ...packages,
  ];
  await exec(argv).catch(async () => {
    await exec(["apt-get", "-qq", "update"]);
    await exec(argv);
  });
}

/** The unpacked tree of the guest's user space, with `smb.conf`, users and the Samba passdb in it. */
export async function guestRoot(): Promise<string> {
  const smbConf = await Deno.readTextFile(new URL("./guest/smb.conf", import.meta.url));
  const source = await Deno.readTextFile(new URL(import.meta.url));
  const archives = await stage("debs", digest(...PACKAGES), (dir) => download(dir, PACKAGES));
  return await stage("root", digest(archives, smbConf, source), async (dir) => {
    for (const name of ["bin", "sbin", "lib", "lib64"]) {
      await Deno.mkdir(join(dir, "usr", name), { recursive: true });
      await Deno.symlink(`usr/${name}`, join(dir, name));
    }
    for await (const entry of Deno.readDir(archives)) {
      if (entry.name.endsWith(".deb") && !UNUSED.test(entry.name)) {
        await unpack(join(archives, entry.name), dir);
      }
    }
    await Deno.mkdir(join(dir, "etc/samba"), { recursive: true });
    for (const [name, text] of Object.entries(ETC)) {
      await Deno.writeTextFile(join(dir, "etc", name), text);
    }
    await Deno.writeTextFile(join(dir, "etc/samba/smb.conf"), smbConf);
    await exec(["ldconfig", "-r", dir]);
    await addUser(dir);
  });
}

/** Unpacks `paths` of a package (all of it by default) without running its scripts. */
export async function unpack(deb: string, target: string, paths: string[] = []): Promise<void> {
  const tar = new Deno.Command("tar", {
    args: ["-x", "--keep-directory-symlink", "--wildcards", "-C", target, ...paths],
    stdin: "piped",
    stderr: "piped",
  }).spawn();
  const dpkg = new Deno.Command("dpkg-deb", {
    args: ["--fsys-tarfile", deb],
    stdout: "piped",
  }).spawn();
  await dpkg.stdout.pipeTo(tar.stdin);
  const [status, output] = [await dpkg.status, await tar.output()];
  if (!status.success || !output.success) {
    const text = new TextDecoder().decode(output.stderr).trim();
    throw new Error(`Cannot unpack ${deb}: because tar said: ${text}`);
  }
}

async function addUser(root: string): Promise<void> {
  for (const path of ["run/samba", "var/lib/samba/private", "var/cache/samba", "var/log/samba"]) {
    await Deno.mkdir(join(root, path), { recursive: true });
  }
  const child = new Deno.Command("chroot", {
    args: [root, "/usr/bin/smbpasswd", "-s", "-a", SMB_USER],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${SMB_PASSWORD}\n${SMB_PASSWORD}\n`));
  await writer.close();
  const { success, stderr } = await child.output();
  if (!success) {
    throw new Error(`Cannot add the SMB user: because ${new TextDecoder().decode(stderr)}`);
  }
}
