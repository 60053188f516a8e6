/**
 * The dashboard's files: given as bytes, compressed once when first asked for, with a strong ETag so
 * that a reload costs a 304.
 * @module
 */
import { gzipSync } from "node:zlib";
import { PAGE_HEADERS } from "./headers.ts";
import { Problem } from "./problem.ts";
import type { Reply } from "./route.ts";

/** One file of the page. */
export interface PageFile {
  /** Media type. */
  type: string;
  /** Its content; called once. */
  load: () => Uint8Array;
}

/** Files by path: "/" is the page itself. */
export type PageFiles = Readonly<Record<string, PageFile>>;

interface Loaded {
  etag: string;
  plain: Uint8Array;
  gzip: Uint8Array | null;
}

/** Too small to gain from compression. */
const SMALL_BYTES = 512;

/** Serves the files of a page. They hold no data, so they need no token. */
export class Page {
  readonly #files: ReadonlyMap<string, PageFile>;
  readonly #loaded = new Map<string, Promise<Loaded>>();

  /** The files by path, each beginning with a slash. */
  constructor(files: PageFiles) {
    this.#files = new Map(Object.entries(files));
  }

  /** Whether there is a file with this path. */
  has(path: string): boolean {
    return this.#files.has(path);
  }

  /**
   * The answer to GET or HEAD.
   * @throws {Problem} 404 for a path that is not there, 405 for another method
   */
  async serve(
    method: string,
    path: string,
    headers: Readonly<Record<string, string | undefined>>,
  ): Promise<Reply> {
    const file = this.#files.get(path);
    if (file === undefined) throw new Problem(404, "There is nothing here");
    if (method !== "GET" && method !== "HEAD") {
      throw new Problem(405, "This path takes GET, HEAD", { Allow: "GET, HEAD" });
    }
    let loading = this.#loaded.get(path);
    if (loading === undefined) {
      loading = load(file);
      this.#loaded.set(path, loading);
    }
    const { etag, plain, gzip } = await loading;
    const common = {
      ...PAGE_HEADERS,
      ETag: etag,
      "Cache-Control": "no-cache",
      Vary: "Accept-Encoding",
    };
    if (matches(headers["if-none-match"] ?? "", etag)) {
      return { status: 304, headers: common, type: file.type, body: "" };
    }
    if (gzip !== null && takesGzip(headers["accept-encoding"] ?? "")) {
      return { headers: { ...common, "Content-Encoding": "gzip" }, type: file.type, body: gzip };
    }
    return { headers: common, type: file.type, body: plain };
  }
}

async function load(file: PageFile): Promise<Loaded> {
  const plain = file.load();
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(plain));
  const gzip = plain.byteLength < SMALL_BYTES ? null : gzipSync(plain, { level: 9 });
  return { etag: `"${new Uint8Array(digest).toHex().slice(0, 32)}"`, plain, gzip };
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2). */
function matches(header: string, etag: string): boolean {
  const tags = header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etag);
}

/** Whether gzip is listed and not with q=0. */
function takesGzip(header: string): boolean {
  return header.toLowerCase().split(",").some((part) => {
    const [coding, ...parameters] = part.split(";").map((text) => text.trim());
    if (coding !== "gzip") return false;
    return !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
