/**
 * Files that travel inside the program: BPF objects, the native library, the default
 * configuration, licences, what charts are drawn with. They stay in one pack beside the program (or in a memory file) and are
 * read when asked for, so that no thread carries them.
 *
 * The pack: 8 bytes `AODPACK1`, u32 little-endian length of the index, the index as JSON
 * (`{name: [offset, length]}`, offsets from the end of the index), then the contents.
 * @module
 */
import { LOCATION, MEMORY_FD } from "./location.ts";

/** Assets that are bytes. */
export type BinaryAsset = "libaodnative.so" | `${string}.bpf.o`;

/** What the lab draws charts with: fonts, and the renderer (in the program under brotli). */
export type ChartAsset = "font-regular.ttf" | "font-bold.ttf" | "resvg.wasm";

/** The dashboard's files, for the browser. */
export type DashboardAsset = `dashboard.${"html" | "css" | "js" | "svg"}`;

/** Assets that are UTF-8 text. */
export type TextAsset = "aod.yaml" | "NOTICE" | "LICENSE" | "build-info.json";

const MAGIC = "AODPACK1";
const HEADER_BYTES = 12;

type Index = Record<string, [offset: number, length: number]>;

function sourcePath(checkout: string, name: string): string {
  if (name.endsWith(".bpf.o")) return `${checkout}build/bpf/${name}`;
  if (name === "aod.yaml") return `${checkout}config/aod.yaml`;
  if (name.startsWith("dashboard.")) return `${checkout}build/dashboard/${name}`;
  if (name.endsWith(".ttf")) return `${checkout}packaging/fonts/${name}`;
  if (name === "resvg.wasm") return `${checkout}node_modules/@resvg/resvg-wasm/index_bg.wasm`;
  if (name === "NOTICE" || name === "LICENSE") return checkout + name;
  return `${checkout}build/${name}`;
}

function readAt(file: Deno.FsFile, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let done = 0; done < length;) {
    const n = file.readSync(bytes.subarray(done));
    if (n === null) {
      throw new Error("Cannot read the program's own files: because they are cut off");
    }
    done += n;
  }
  return bytes;
}

function readPacked(path: string, name: string): Uint8Array<ArrayBuffer> {
  using file = Deno.openSync(path);
  const header = readAt(file, 0, HEADER_BYTES);
  if (new TextDecoder().decode(header.subarray(0, 8)) !== MAGIC) {
    throw new Error(`Cannot read ${path}: because it is not a pack of aod`);
  }
  const indexBytes = new DataView(header.buffer).getUint32(8, true);
  const index: Index = JSON.parse(
    new TextDecoder().decode(readAt(file, HEADER_BYTES, indexBytes)),
  );
  const entry = index[name];
  if (entry === undefined) throw new Error(`Cannot find ${name}: because this build has none`);
  return readAt(file, HEADER_BYTES + indexBytes + entry[0], entry[1]);
}

/**
 * The content of an asset, read anew at every call.
 * @throws Error when this build does not have it.
 */
export function assetBytes(
  name: BinaryAsset | ChartAsset | TextAsset | DashboardAsset,
): Uint8Array<ArrayBuffer> {
  switch (LOCATION.kind) {
    case "source":
      return Deno.readFileSync(sourcePath(LOCATION.checkout, name));
    case "directory":
      return readPacked(`${LOCATION.directory}assets.pack`, name);
    case "memory":
      return readPacked(`/proc/self/fd/${MEMORY_FD.assets}`, name);
  }
}

/** The content of a text asset. */
export function assetText(name: TextAsset): string {
  return new TextDecoder().decode(assetBytes(name));
}
