/**
 * Compiles BPF objects that only tests use, into .cache, again when a source has changed.
 * @module
 */
import { createHash } from "node:crypto";
import { basename } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;
const CACHE = `${ROOT}.cache/bpf`;

function headers(): string[] {
  const below = (directory: string): string[] =>
    [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) =>
      isDirectory ? below(`${directory}/${name}`) : [`${directory}/${name}`]
    );
  return below(`${ROOT}bpf`).filter((path) => path.endsWith(".h")).sort();
}

function run(program: string, args: string[]): void {
  const { success, stderr } = new Deno.Command(program, { args, cwd: ROOT }).outputSync();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
}

/**
 * The object made from a source below the repository, with the flags of the real ones.
 * @param source for example `tests/host/bpf/producer.bpf.c`
 * @param defines preprocessor definitions, `NAME` or `NAME=VALUE`
 */
export function buildTestObject(source: string, defines: string[] = []): Uint8Array {
  const args = [
    ...["-O2", "-g", "-Wall", "-target", "bpf", "-mcpu=v3"],
    `-D__TARGET_ARCH_${Deno.build.arch === "aarch64" ? "arm64" : "x86"}`,
    `-I/usr/include/${Deno.build.arch}-linux-gnu`,
    "-Ibpf",
    ...defines.map((define) => `-D${define}`),
  ];
  const hash = createHash("sha256").update(args.join("\0"));
  for (const path of [ROOT + source, ...headers()]) hash.update(Deno.readFileSync(path));
  const path = `${CACHE}/${basename(source)}.${hash.digest("hex").slice(0, 16)}.o`;
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.mkdirSync(CACHE, { recursive: true });
  const temporary = `${path}.${crypto.randomUUID()}`;
  run("clang", [...args, "-c", source, "-o", temporary]);
  run("llvm-strip", ["-g", temporary]);
  Deno.renameSync(temporary, path);
  return Deno.readFileSync(path);
}
