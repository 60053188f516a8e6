/**
 * Compiles every bpf/*.bpf.c to build/bpf/*.bpf.o: BTF stays, DWARF goes.
 * @module
 */
import { filesBelow, filesIn, firstLine, ROOT, run } from "./run.ts";
import { runStep } from "./step.ts";

/** The name that libbpf's headers use for the machine being built on. */
export function bpfTargetArch(): "x86" | "arm64" {
  return Deno.build.arch === "x86_64" ? "x86" : "arm64";
}

/** Builds what changed; returns the objects' names, like `smb.bpf.o`. */
export async function buildBpfObjects(): Promise<string[]> {
  Deno.mkdirSync(`${ROOT}build/bpf`, { recursive: true });
  const headers = filesBelow(`${ROOT}bpf`).filter((path) => path.endsWith(".h"));
  const clang = await firstLine("clang", ["--version"]);
  const triplet = await firstLine("gcc", ["-print-multiarch"]);
  const objects: string[] = [];
  for (const source of filesIn(`${ROOT}bpf`, ".bpf.c")) {
    const object = source.replace(/\.c$/, ".o");
    const out = `build/bpf/${object}`;
    const args = [
      ...["-O2", "-g", "-Wall", "-Werror", "-target", "bpf", "-mcpu=v3"],
      ...[`-D__TARGET_ARCH_${bpfTargetArch()}`, `-I/usr/include/${triplet}`, "-Ibpf"],
      // Source paths inside the object are relative, so that every checkout builds the same bytes:
      // those of the BTF too, which no prefix map reaches.
      "-fdebug-compilation-dir=.",
      ...["-c", `bpf/${source}`, "-o", `${out}.tmp`],
    ];
    await runStep({
      name: object,
      inputs: [`bpf/${source}`, ...headers],
      also: [clang, ...args],
      outputs: [out],
      run: async () => {
        await run("clang", args);
        await run("llvm-strip", ["-g", `${out}.tmp`]);
        Deno.renameSync(`${ROOT}${out}.tmp`, ROOT + out);
      },
    });
    objects.push(object);
  }
  return objects;
}
