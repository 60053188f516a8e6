/**
 * A writer of "newc" cpio archives, the format of an initramfs
 * (Documentation/driver-api/early-userspace/buffer-format.rst). The kernel unpacks concatenated
 * archives in turn, so extra files go in a second one.
 * @module
 */
import { dirname } from "node:path";

const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;
const S_IFCHR = 0o020000;

/** Writes one archive; parent directories are added as needed. Close it with {@link finish}. */
export class CpioWriter {
  #file: Deno.FsFile;
  #written = 0;
  #inode = 1;
  #known = new Set<string>([".", "/", ""]);
  #encoder = new TextEncoder();

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** True when something is already at this guest path. */
  has(path: string): boolean {
    return this.#known.has(strip(path));
  }

  directory(path: string, mode = 0o755): void {
    this.#entry(path, S_IFDIR | mode, new Uint8Array());
  }

  file(path: string, bytes: Uint8Array, mode = 0o644): void {
    this.#entry(path, S_IFREG | mode, bytes);
  }

  symlink(path: string, target: string): void {
    this.#entry(path, S_IFLNK | 0o777, this.#encoder.encode(target));
  }

  characterDevice(path: string, major: number, minor: number, mode: number): void {
    this.#entry(path, S_IFCHR | mode, new Uint8Array(), major, minor);
  }

  finish(): void {
    this.#header("TRAILER!!!", 0, 0, 0, 0, 0);
    this.#pad(512);
  }

  #entry(path: string, mode: number, data: Uint8Array, major = 0, minor = 0): void {
    const name = strip(path);
    if (this.#known.has(name)) return;
    const parent = dirname(name);
    if (!this.#known.has(parent)) this.directory(parent);
    this.#known.add(name);
    this.#header(name, mode, data.length, major, minor, this.#inode++);
    this.#write(data);
    this.#pad(4);
  }

  #header(
    name: string,
    mode: number,
    size: number,
    major: number,
    minor: number,
    inode: number,
  ): void {
    const encoded = this.#encoder.encode(name + "\0");
    // ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check
    const fields = [inode, mode, 0, 0, 1, 0, size, 0, 0, major, minor, encoded.length, 0];
    const text = "070701" + fields.map((field) => field.toString(16).padStart(8, "0")).join("");
    this.#write(this.#encoder.encode(text));
    this.#write(encoded);
    this.#pad(4);
  }

  #write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    this.#written += bytes.length;
  }

  #pad(unit: number): void {
    const rest = this.#written % unit;
    if (rest !== 0) this.#write(new Uint8Array(unit - rest));
  }
}

function strip(path: string): string {
  return path.replace(/^\/+/, "").replace(/\/+$/, "");
}
