/**
 * Links build/libaodnative.so: libbpf, libelf, libz and zstd's decompression out of Debian's static
 * archives, in one shared object that needs only libc.
 *
 * The archives were not made for this. Two objects cannot go into a shared object as they are:
 * libelf's elf_error.o uses initial-exec thread-local storage (shim.c replaces its three functions)
 * and libbpf.o reaches `stderr` as if it were in the executable (the symbol is renamed to one that
 * shim.c defines).
 * @module
 */
import { firstLine, ROOT, run } from "./run.ts";
import { runStep } from "./step.ts";

/** Version of the libbpf that is linked in, from its header, like `1.1`. */
export function libbpfVersion(): string {
  const header = Deno.readTextFileSync("/usr/include/bpf/libbpf_version.h");
  const part = (name: string) => header.match(new RegExp(`LIBBPF_${name}_VERSION (\\d+)`))?.[1];
  return `${part("MAJOR")}.${part("MINOR")}`;
}

async function archive(name: string): Promise<string> {
  const path = await firstLine("gcc", [`-print-file-name=${name}`]);
  if (!path.startsWith("/")) {
    throw new Error(`Cannot link libaodnative.so: because ${name} is absent`);
  }
  return path;
}

async function link(archives: Record<"bpf" | "elf" | "z" | "zstd", string>): Promise<void> {
  const work = `${ROOT}build/native`;
  Deno.mkdirSync(work, { recursive: true });
  Deno.copyFileSync(archives.bpf, `${work}/libbpf.a`);
  Deno.copyFileSync(archives.elf, `${work}/libelf.a`);
  await run("ar", ["d", `${work}/libelf.a`, "elf_error.o"]);
  await run("ar", ["x", `${work}/libbpf.a`, "libbpf.o"], work);
  await run("objcopy", ["--redefine-sym", "stderr=aod_stderr", `${work}/libbpf.o`]);
  await run("ar", ["r", `${work}/libbpf.a`, `${work}/libbpf.o`]);
  await run("gcc", [
    ...["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-ffunction-sections"],
    ...["-Ibpf", "-o", `${work}/libaodnative.so`],
    ...["packaging/native/shim.c", "packaging/native/decode.c"],
    ...["-Wl,--whole-archive", `${work}/libbpf.a`, "-Wl,--no-whole-archive"],
    ...[`${work}/libelf.a`, archives.z, archives.zstd],
    // Of libzstd only what is reachable from here: decompression.
    ...["-Wl,-u,ZSTD_decompressStream", "-Wl,-u,ZSTD_createDStream", "-Wl,-u,ZSTD_freeDStream"],
    ...["-Wl,-u,ZSTD_initDStream", "-Wl,-u,ZSTD_isError", "-Wl,-u,ZSTD_getErrorName"],
    ...["-Wl,-u,ZSTD_DStreamInSize", "-Wl,-u,ZSTD_DStreamOutSize", "-Wl,-u,ZSTD_DCtx_setParameter"],
    ...["-Wl,--version-script=packaging/native/exports.map", "-Wl,--gc-sections"],
    ...["-Wl,-z,relro,-z,now,-z,noexecstack", "-Wl,--build-id=none", "-Wl,-soname,libaodnative.so"],
    "-Wl,--no-undefined",
  ]);
  await run("strip", ["--strip-unneeded", `${work}/libaodnative.so`]);
  const needed = (await run("readelf", ["-d", `${work}/libaodnative.so`])).matchAll(
    /NEEDED.*\[(.*)\]/g,
  );
  const foreign = [...needed].map((m) => m[1]).filter((n) => !/^(libc\.so\.6|ld-linux.*)$/.test(n));
  if (foreign.length > 0) {
    throw new Error(`Cannot ship libaodnative.so: because it needs ${foreign.join(", ")}`);
  }
  Deno.renameSync(`${work}/libaodnative.so`, `${ROOT}build/libaodnative.so`);
}

/** Builds the library unless the archives and the shim are unchanged. */
export async function buildNativeLibrary(): Promise<void> {
  const archives = {
    bpf: await archive("libbpf.a"),
    elf: await archive("libelf.a"),
    z: await archive("libz.a"),
    zstd: await archive("libzstd.a"),
  };
  await runStep({
    name: "libaodnative.so",
    inputs: [
      "packaging/native/shim.c",
      "packaging/native/decode.c",
      "bpf/events.h",
      "packaging/native/exports.map",
      "packaging/native_library.ts",
      ...Object.values(archives),
    ],
    also: [],
    outputs: ["build/libaodnative.so"],
    run: () => link(archives),
  });
}
