/**
 * The guest kernels: Debian's packages, unpacked to an uncompressed vmlinux (booted by PVH, four
 * seconds faster than bzImage under TCG) and the modules the guest may load.
 * @module
 */
import { join } from "node:path";
import { digest, stage } from "./cache.ts";
import { exec } from "./exec.ts";
import { guestRoot, unpack } from "./packages.ts";

/** The kernel series tested: the newest package of each is taken. */
export type KernelSeries = "6.1" | "6.12";
export const KERNELS: readonly KernelSeries[] = ["6.1", "6.12"];

const PACKAGE: Record<KernelSeries, RegExp> = {
  "6.1": /^linux-image-(6\.1\.\d+-\d+-amd64)$/,
  "6.12": /^linux-image-(6\.12\.\d+\+deb12-amd64)$/,
};

/** Parts of the module tree that hold what the guest loads and its dependencies. */
const MODULE_DIRECTORIES = [
  "fs/smb",
  "fs/cifs",
  "fs/9p",
  "fs/netfs",
  "fs/fscache",
  "fs/nls",
  "net/9p",
  "net/sched",
  "net/ipv4",
  "net/dns_resolver",
  "crypto",
  "arch/x86/crypto",
  "drivers/virtio",
  "drivers/char",
  "lib",
];

/** Modules put in the image, with all they depend on. */
const MODULES = [
  "cifs",
  "nls_utf8",
  // Without these the mount fails with rc=-2.
  "cmac",
  "gcm",
  "ghash-generic",
  "gf128mul",
  "ctr",
  "ccm",
  "seqiv",
  "sha512_generic",
  "ecb",
  "virtio_pci",
  "virtio_console",
  "9pnet_virtio",
  "9p",
  "sch_netem",
  "sch_prio",
  "cls_u32",
  // ss asks these for round trips and retransmissions.
  "inet_diag",
  "tcp_diag",
];

/** An unpacked kernel. */
export interface Kernel {
  /** As `uname -r` prints it. */
  release: string;
  vmlinux: string;
  /** Host directory that becomes /usr/lib/modules/<release>. */
  modules: string;
  /** Files below `modules` that go into the image. */
  files: string[];
}

async function newestPackage(series: KernelSeries): Promise<string> {
  const search = async () => {
    const text = await exec(["apt-cache", "search", "--names-only", "^linux-image-6\\.1"]);
    return text.split("\n").map((line) => line.split(" ")[0])
      .filter((name) => PACKAGE[series].test(name))
      .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  };
  let names = await search();
  if (names.length === 0) {
    await exec(["apt-get", "-qq", "update"]);
    names = await search();
  }
  const newest = names.at(-1);
  if (newest === undefined) {
    throw new Error(`Cannot find a ${series} kernel: because apt-cache knows none`);
  }
  return newest;
}

/** Downloads and unpacks the newest kernel of a series, once. */
export async function kernel(series: KernelSeries): Promise<Kernel> {
  const source = await Deno.readTextFile(new URL(import.meta.url));
  const dir = await stage(`kernel-${series}`, digest(source), (work) => build(series, work));
  const release = (await Deno.readTextFile(join(dir, "release"))).trim();
  const modules = join(dir, "lib/modules", release);
  const files = (await Deno.readTextFile(join(dir, "files"))).trim().split("\n");
  return { release, vmlinux: join(dir, "vmlinux"), modules, files };
}

async function build(series: KernelSeries, work: string): Promise<void> {
  const name = await newestPackage(series);
  const release = PACKAGE[series].exec(name)![1];
  await exec(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", name], { cwd: work });
  const deb = [...Deno.readDirSync(work)].find((entry) => entry.name.endsWith(".deb"))!.name;
  await unpack(join(work, deb), work, ["./boot/vmlinuz*", "./lib/modules/*"]);
  await Deno.remove(join(work, deb));
  await extractVmlinux(join(work, "boot", `vmlinuz-${release}`), join(work, "vmlinux"));
  const modules = join(work, "lib/modules", release);
  await keepModules(modules);
  const root = await guestRoot();
  const loader = join(root, "lib64/ld-linux-x86-64.so.2");
  const library = join(root, "usr/lib/x86_64-linux-gnu");
  const kmod = join(root, "usr/bin/kmod");
  await exec([loader, "--library-path", library, "--argv0", "depmod", kmod, "-b", work, release]);
  await Deno.writeTextFile(join(work, "files"), (await imageFiles(modules)).join("\n"));
  await Deno.writeTextFile(join(work, "release"), release);
}

/** Deletes what the guest never loads and decompresses the rest: xz is slow under TCG. */
async function keepModules(modules: string): Promise<void> {
  const kept = `${modules}/kept`;
  for (const directory of MODULE_DIRECTORIES) {
    const from = `${modules}/kernel/${directory}`;
    if ((await Deno.lstat(from).catch(() => null)) === null) continue;
    await Deno.mkdir(join(kept, directory, ".."), { recursive: true });
    await Deno.rename(from, join(kept, directory));
  }
  await Deno.remove(`${modules}/kernel`, { recursive: true });
  await Deno.rename(kept, `${modules}/kernel`);
  await exec(["find", modules, "-name", "*.ko.xz", "-exec", "xz", "-d", "{}", "+"]);
}

/** The chosen modules, their dependencies by modules.dep, and depmod's indexes. */
async function imageFiles(modules: string): Promise<string[]> {
  const dependencies = new Map<string, string[]>();
  const pathByName = new Map<string, string>();
  const text = await Deno.readTextFile(join(modules, "modules.dep"));
  for (const line of text.split("\n").filter((line) => line.includes(":"))) {
    const [path, rest] = line.split(":");
    dependencies.set(path, rest.trim().split(" ").filter((entry) => entry !== ""));
    pathByName.set(path.replace(/^.*\//, "").replace(/\.ko$/, "").replaceAll("-", "_"), path);
  }
  const files = new Set<string>();
  for (const name of MODULES) {
    // What is not there is built into this kernel.
    const path = pathByName.get(name.replaceAll("-", "_"));
    if (path === undefined) continue;
    for (const file of [path, ...dependencies.get(path)!]) files.add(file);
  }
  for (const entry of Deno.readDirSync(modules)) {
    if (entry.isFile && entry.name.startsWith("modules.")) files.add(entry.name);
  }
  return [...files];
}

/** Offset of the field `payload_offset` in the setup header (Documentation/arch/x86/boot.rst). */
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;
const SETUP_SECTS = 0x1f1;

async function extractVmlinux(vmlinuz: string, target: string): Promise<void> {
  const image = await Deno.readFile(vmlinuz);
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const protectedMode = ((image[SETUP_SECTS] || 4) + 1) * 512;
  const start = protectedMode + view.getUint32(PAYLOAD_OFFSET, true);
  // The payload's last four bytes are the uncompressed size.
  const payload = image.subarray(start, start + view.getUint32(PAYLOAD_LENGTH, true) - 4);
  const tool = payload[0] === 0xfd && payload[1] === 0x37
    ? ["xz", "-dc", "--single-stream"]
    : payload[0] === 0x28 && payload[1] === 0xb5
    ? ["zstd", "-dcq"]
    : null;
  if (tool === null) {
    throw new Error(`Cannot unpack ${vmlinuz}: because its compression is unknown`);
  }
  const packed = `${target}.packed`;
  await Deno.writeFile(packed, payload);
  await exec(["sh", "-c", `exec ${tool.join(" ")} <"$1" >"$2"`, "sh", packed, target]);
  await Deno.remove(packed);
}
