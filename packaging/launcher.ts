/**
 * The end of the build that needs no Deno runtime stub: the C launcher with Deno, the bundles and
 * the assets behind it (format: packaging/launcher/aod.h).
 * @module
 */
import { createHash } from "node:crypto";
import { BUNDLE_DIR } from "./bundle.ts";
import { filesIn, ROOT, run } from "./run.ts";
import { runStep, sha256 } from "./step.ts";
import { V8_FLAGS } from "./v8_flags.ts";

interface PayloadFile {
  name: string;
  path: string;
  /** Mode once unpacked. */
  mode: number;
  /** Compressed with effort and kept in .cache/: Deno does not change from build to build. */
  keep: boolean;
}

const INDEX_ENTRY_BYTES = 64;
const TRAILER_BYTES = 88;

/** In the order of enum aod_file_index in launcher/aod.h and of src/os/location.ts. */
async function payloadFiles(): Promise<PayloadFile[]> {
  const libgcc = await run("gcc", ["-print-file-name=libgcc_s.so.1"]);
  return [
    // Named aod: this is the name that ps and the kernel show for the process.
    { name: "aod", path: Deno.execPath(), mode: 0o500, keep: true },
    { name: "aod.js", path: `${BUNDLE_DIR}/aod.js`, mode: 0o400, keep: false },
    { name: "worker.js", path: `${BUNDLE_DIR}/worker.js`, mode: 0o400, keep: false },
    { name: "assets.pack", path: `${BUNDLE_DIR}/assets.pack`, mode: 0o400, keep: false },
    { name: "libgcc_s.so.1", path: libgcc.trim(), mode: 0o400, keep: false },
    { name: "aod.script", path: `${BUNDLE_DIR}/aod.script`, mode: 0o400, keep: false },
    { name: "worker.script", path: `${BUNDLE_DIR}/worker.script`, mode: 0o400, keep: false },
  ];
}

async function compressed(file: PayloadFile, content: Uint8Array): Promise<Uint8Array> {
  const directory = file.keep ? `${ROOT}.cache/payload` : `${ROOT}build/payload`;
  const name = file.keep ? `${file.name}-${sha256(content).slice(0, 16)}` : file.name;
  const out = `${directory}/${name}.zst`;
  Deno.mkdirSync(directory, { recursive: true });
  const level = file.keep ? ["-19", "--long=27"] : ["-12"];
  try {
    if (file.keep) return Deno.readFileSync(out);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await run("zstd", ["-q", "-f", "-T0", "--check", ...level, file.path, "-o", `${out}.tmp`]);
  Deno.renameSync(`${out}.tmp`, out);
  return Deno.readFileSync(out);
}

/** Pads to a multiple of 8, so that the index and the trailer are aligned. */
function padded(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  out.set(bytes);
  return out;
}

function indexEntry(file: PayloadFile, offset: number, packed: number, size: number): Uint8Array {
  const entry = new Uint8Array(INDEX_ENTRY_BYTES);
  entry.set(new TextEncoder().encode(file.name));
  const view = new DataView(entry.buffer);
  [offset, packed, size, file.mode].forEach((value, i) => {
    view.setBigUint64(32 + 8 * i, BigInt(value), true);
  });
  return entry;
}

function trailer(indexOffset: number, count: number, key: string): Uint8Array {
  const bytes = new Uint8Array(TRAILER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(indexOffset), true);
  view.setBigUint64(8, BigInt(count), true);
  bytes.set(new TextEncoder().encode(key + "AODLNCH1"), 16);
  return bytes;
}

async function compileLauncher(out: string): Promise<void> {
  const sources = filesIn(`${ROOT}packaging/launcher`, ".c").map((f) => `packaging/launcher/${f}`);
  await run("gcc", [
    ...["-std=gnu11", "-Os", "-Wall", "-Wextra", "-Werror", "-static", "-ffunction-sections"],
    ...[
      "-fstack-protector-strong",
      "-D_FORTIFY_SOURCE=2",
      "-Wl,--gc-sections",
      "-Wl,-z,noexecstack",
    ],
    ...["-Wl,--build-id=none", `-DAOD_V8_FLAGS="${V8_FLAGS}"`, "-o", out, ...sources, "-lzstd"],
  ]);
  // Before the payload is appended: strip would cut it off.
  await run("strip", [out]);
}

async function assemble(out: string): Promise<void> {
  const launcher = `${ROOT}build/launcher`;
  await compileLauncher(launcher);
  const parts = [padded(Deno.readFileSync(launcher))];
  let offset = parts[0].length;
  const key = createHash("sha256");
  const entries: Uint8Array[] = [];
  for (const file of await payloadFiles()) {
    const content = Deno.readFileSync(file.path);
    const frame = await compressed(file, content);
    entries.push(indexEntry(file, offset, frame.length, content.length));
    key.update(`${file.name}\0${content.length}\0${sha256(content)}\0`);
    parts.push(padded(frame));
    offset += parts[parts.length - 1].length;
  }
  parts.push(...entries, trailer(offset, entries.length, key.digest("hex")));
  const file = Deno.openSync(`${out}.tmp`, {
    write: true,
    create: true,
    truncate: true,
    mode: 0o755,
  });
  for (const part of parts) {
    for (let done = 0; done < part.length;) done += file.writeSync(part.subarray(done));
  }
  file.close();
  Deno.chmodSync(`${out}.tmp`, 0o755);
  Deno.renameSync(`${out}.tmp`, out);
}

/** Builds ./aod with the launcher, unless nothing changed. */
export async function buildWithLauncher(): Promise<void> {
  const sources = filesIn(`${ROOT}packaging/launcher`, "").map((f) => `packaging/launcher/${f}`);
  await runStep({
    name: "aod",
    inputs: [
      ...sources,
      "packaging/launcher.ts",
      ...filesIn(BUNDLE_DIR, "").map((name) => `${BUNDLE_DIR}/${name}`),
    ],
    also: ["launcher", V8_FLAGS, Deno.version.deno],
    outputs: ["aod"],
    run: () => assemble(`${ROOT}aod`),
  });
}
