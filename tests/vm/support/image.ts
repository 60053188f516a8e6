/**
 * The base initramfs of a guest kernel: Samba, the CIFS client's tools, the tools the faults need,
 * the modules and the guest's own scripts.
 * @module
 */
import { dirname, join } from "node:path";
import { digest, stage } from "./cache.ts";
import { CpioWriter } from "./cpio.ts";
import { exec } from "./exec.ts";
import { kernel, type KernelSeries } from "./kernels.ts";
import { guestRoot } from "./packages.ts";

/** Programs of the guest; the libraries they need are found with its own dynamic loader. */
const PROGRAMS = [
  "/usr/sbin/smbd",
  "/usr/bin/smbpasswd",
  "/usr/bin/smbcontrol",
  "/usr/bin/smbstatus",
  "/usr/sbin/mount.cifs",
  "/usr/bin/ip",
  "/usr/bin/ss",
  "/usr/sbin/tc",
  "/usr/bin/strace",
  "/usr/sbin/bpftool",
  "/usr/bin/busybox",
  "/usr/bin/bash",
  "/usr/bin/kmod",
  "/usr/bin/tcpdump",
  "/usr/bin/lsof",
  "/usr/bin/python3.11",
];

/** Opened at run time, so that no program lists them; libm and the like are what Deno needs. */
const LIBRARIES = [
  "libgcc_s.so.1",
  "libdl.so.2",
  "libpthread.so.0",
  "librt.so.1",
  "libm.so.6",
  "libnss_files.so.2",
  "samba/vfs/time_audit.so",
  "gconv/UTF-16.so",
  "gconv/UTF-32.so",
  "gconv/gconv-modules",
  "gconv/gconv-modules.cache",
  "gconv/gconv-modules.d/gconv-modules-extra.conf",
].map((name) => `/usr/lib/x86_64-linux-gnu/${name}`);

/** Directories taken whole. */
const TREES = ["/etc/samba", "/var/lib/samba", "/usr/lib/python3.11"];
const SCRIPTS = ["/usr/bin/smbinfo"];
const ETC = ["passwd", "group", "nsswitch.conf", "hosts", "ld.so.cache"];

const DIRECTORIES = ["proc", "sys", "tmp", "run/samba", "var/log/samba", "var/cache/samba"]
  .concat(["var/tmp", "mnt/s", "mnt/t", "mnt/u", "mnt/small", "srv", "host", "root"]);

/** Left to kmod instead of busybox: it reads what depmod wrote. */
const KMOD = ["modprobe", "insmod", "rmmod", "lsmod", "modinfo", "depmod"];

/** What a boot needs. */
export interface Image {
  vmlinux: string;
  initramfs: string;
  release: string;
}

/** Builds what is not cached yet: about a minute on the first run, nothing afterwards. */
export async function image(series: KernelSeries): Promise<Image> {
  const root = await guestRoot();
  const built = await kernel(series);
  const own = ["image.ts", "cpio.ts", "guest/init", "guest/agent.sh"];
  const sources = await Promise.all(
    own.map((name) => Deno.readFile(new URL(name, import.meta.url))),
  );
  const key = digest(root, built.modules, ...sources);
  const dir = await stage(`image-${series}`, key, async (work) => {
    using file = await Deno.open(join(work, "base.cpio"), { write: true, create: true });
    const cpio = new CpioWriter(file);
    addSkeleton(cpio);
    for (const path of await programsAndLibraries(root)) addFile(cpio, root, path);
    for (const path of TREES) addTree(cpio, root, path);
    for (const path of [...SCRIPTS, ...ETC.map((name) => `/etc/${name}`)]) {
      addFile(cpio, root, path);
    }
    for (const path of built.files) {
      const target = `/usr/lib/modules/${built.release}/${path}`;
      cpio.file(target, Deno.readFileSync(join(built.modules, path)));
    }
    await addCommands(cpio, root);
    cpio.file("init", sources[2], 0o755);
    cpio.file("usr/sbin/vm-agent", sources[3], 0o755);
    cpio.finish();
  });
  return { vmlinux: built.vmlinux, initramfs: join(dir, "base.cpio"), release: built.release };
}

function addSkeleton(cpio: CpioWriter): void {
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    cpio.directory(`usr/${name}`);
    cpio.symlink(name, `usr/${name}`);
  }
  for (const path of DIRECTORIES) cpio.directory(path);
  cpio.characterDevice("dev/console", 5, 1, 0o600);
  cpio.characterDevice("dev/null", 1, 3, 0o666);
}

/** The programs and, in the words of their own loader, every library they load. */
async function programsAndLibraries(root: string): Promise<string[]> {
  const paths = new Set([...PROGRAMS, ...LIBRARIES, "/usr/lib64/ld-linux-x86-64.so.2"]);
  for (const program of [...PROGRAMS, ...LIBRARIES.filter((path) => path.endsWith(".so"))]) {
    const list = ["chroot", root, "/lib64/ld-linux-x86-64.so.2", "--list", program];
    const text = await exec(list).catch(() => ""); // a static program lists nothing
    for (const match of text.matchAll(/(?:=> )?(\/\S+) \(0x/g)) {
      paths.add(match[1].replace(/^\/lib/, "/usr/lib"));
    }
  }
  return [...paths];
}

/** busybox has what no package of the list provides. */
async function addCommands(cpio: CpioWriter, root: string): Promise<void> {
  for (const name of KMOD) {
    cpio.symlink(`usr/bin/${name}`, "kmod");
    cpio.symlink(`usr/sbin/${name}`, "../bin/kmod");
  }
  cpio.symlink("usr/bin/python3", "python3.11");
  const applets = await exec([join(root, "usr/bin/busybox"), "--list"]);
  for (const name of applets.trim().split("\n")) {
    if (!cpio.has(`usr/sbin/${name}`)) cpio.symlink(`usr/bin/${name}`, "busybox");
  }
}

function addTree(cpio: CpioWriter, root: string, path: string): void {
  for (const entry of Deno.readDirSync(join(root, path))) {
    const inner = `${path}/${entry.name}`;
    if (entry.isDirectory) addTree(cpio, root, inner);
    else if (entry.isFile) addFile(cpio, root, inner);
    else if (entry.isSymlink) cpio.symlink(inner, Deno.readLinkSync(join(root, inner)));
  }
}

/** A file under its name; a link becomes the file it leads to within the tree. */
function addFile(cpio: CpioWriter, root: string, path: string): void {
  let real = path;
  for (let depth = 0; depth < 8; depth++) {
    const info = Deno.lstatSync(join(root, real));
    if (!info.isSymlink) {
      cpio.file(path, Deno.readFileSync(join(root, real)), info.mode! & 0o777);
      return;
    }
    const target = Deno.readLinkSync(join(root, real));
    real = target.startsWith("/") ? target : join(dirname(real), target);
  }
  throw new Error(`Cannot add ${path}: because its symbolic links do not end`);
}
