/**
 * Reads sealed bundles: through zstd, tar and the manifest's hashes, as a stream in bounded memory.
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { type FileEntry, MANIFEST } from "./bundle_write.ts";
import { chunksOf, openRegular, reasonOf } from "./files.ts";
import { openNew } from "./output_file.ts";
import { type TarEntry, TarReader } from "./tar.ts";
import { ZstdReader } from "./zstd_read.ts";

/** Longest manifest, README or anomaly.json that is kept in memory. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
/** A bundle has a few dozen files: what has more than this is none. */
const MAX_FILES = 4_096;

/** What a whole bundle holds. */
export interface BundleContent {
  /** The top folder. */
  top: string;
  /** In archive order. */
  files: FileEntry[];
  /** Text of the files asked for, by name. */
  texts: Map<string, string>;
}

/** How a bundle is read. */
export interface ReadOptions {
  /** Files whose text is wanted. */
  texts?: readonly string[];
  /** Stop as soon as these texts are there: nothing after them is looked at. */
  stopEarly?: boolean;
  /** Directory (new, empty) that gets the files, each 0600. */
  extractTo?: string;
}

class Enough extends Error {}

/**
 * Reads a bundle from its file.
 * @throws {Error} naming the first thing that is wrong with it
 */
export async function readBundle(path: string, options: ReadOptions = {}): Promise<BundleContent> {
  const content: BundleContent = { top: "", files: [], texts: new Map() };
  const visitor = new Visitor(content, options);
  const tar = new TarReader(visitor);
  using zstd = new ZstdReader();
  const handle = await openRegular(path);
  try {
    for await (const chunk of chunksOf(handle)) {
      for (const part of zstd.push(chunk)) await tar.push(part);
    }
    zstd.end();
    tar.end();
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  } finally {
    await handle.close();
    await visitor.close();
  }
  return content;
}

/** What `verifyBundle` found: no faults means sound. */
export interface Verification {
  /** What is wrong, one sentence each. */
  faults: string[];
  /** Files in it. */
  files: number;
  /** Their size together. */
  bytes: number;
}

/** Checks everything that can be checked of a bundle; never throws for a bad one. */
export async function verifyBundle(path: string): Promise<Verification> {
  let content: BundleContent;
  try {
    content = await readBundle(path, { texts: [MANIFEST] });
  } catch (error) {
    return { faults: [reasonOf(error)], files: 0, bytes: 0 };
  }
  const bytes = content.files.reduce((sum, file) => sum + file.size_bytes, 0);
  return { faults: compare(content), files: content.files.length, bytes };
}

function compare(content: BundleContent): string[] {
  const text = content.texts.get(MANIFEST);
  if (text === undefined) return [`${MANIFEST} is missing`];
  let listed: FileEntry[];
  try {
    listed = (JSON.parse(text) as { files: FileEntry[] }).files;
    if (!Array.isArray(listed)) return [`${MANIFEST} lists no files`];
  } catch (error) {
    return [`${MANIFEST} is not JSON: ${reasonOf(error)}`];
  }
  const faults: string[] = [];
  const found = new Map(content.files.map((file) => [file.name, file]));
  found.delete(MANIFEST);
  for (const { name, size_bytes, sha256 } of listed) {
    const file = found.get(name);
    if (file === undefined) faults.push(`${name} is missing`);
    else if (file.size_bytes !== size_bytes) {
      faults.push(`${name} has ${file.size_bytes} bytes, the manifest says ${size_bytes}`);
    } else if (file.sha256 !== sha256) faults.push(`${name} does not have the manifest's sha256`);
    found.delete(name);
  }
  for (const name of found.keys()) faults.push(`${name} is not in the manifest`);
  return faults;
}

class Visitor {
  #entry: TarEntry | null = null;
  #hash: Hash = createHash("sha256");
  #name = "";
  #text: Uint8Array[] | null = null;
  #output: FileHandle | null = null;

  constructor(readonly content: BundleContent, readonly options: ReadOptions) {}

  async entry(entry: TarEntry): Promise<void> {
    const parts = entry.name.split("/");
    if (entry.type === "directory") {
      if (this.content.top !== "" || parts.length !== 1) {
        throw new Error(`Cannot read the bundle: because of a second directory ${entry.name}`);
      }
      this.content.top = entry.name;
      return;
    }
    if (parts.length !== 2 || parts[0] !== this.content.top) {
      throw new Error(`Cannot read the bundle: because ${entry.name} is not in its top folder`);
    }
    this.#name = parts[1];
    if (this.content.files.length >= MAX_FILES) {
      throw new Error(`Cannot read the bundle: because it has more than ${MAX_FILES} files`);
    }
    if (this.content.files.some((file) => file.name === this.#name)) {
      throw new Error(`Cannot read the bundle: because ${this.#name} is in it twice`);
    }
    this.#entry = entry;
    this.#hash = createHash("sha256");
    const wanted = this.options.texts?.includes(this.#name) ?? false;
    this.#text = wanted && entry.size_bytes <= MAX_TEXT_BYTES ? [] : null;
    if (this.options.extractTo !== undefined) {
      this.#output = await openNew(`${this.options.extractTo}/${this.#name}`);
    }
  }

  async data(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    this.#text?.push(chunk.slice());
    await this.#output?.writeFile(chunk);
  }

  async endEntry(): Promise<void> {
    const entry = this.#entry;
    if (entry === null) return; // the directory
    this.content.files.push({
      name: this.#name,
      size_bytes: entry.size_bytes,
      sha256: this.#hash.digest("hex"),
    });
    if (this.#text !== null) {
      this.content.texts.set(this.#name, await new Blob(this.#text as BlobPart[]).text());
    }
    this.#entry = null;
    this.#text = null;
    await this.close();
    const { texts, stopEarly } = this.options;
    if (stopEarly === true && (texts ?? []).every((name) => this.content.texts.has(name))) {
      throw new Enough();
    }
  }

  /** Closes what is open for extraction. */
  async close(): Promise<void> {
    await this.#output?.close();
    this.#output = null;
  }
}
