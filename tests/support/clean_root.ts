/**
 * A root directory with nothing in it but what the scripts of packages need: a shell and rm.
 * @module
 */
import { dirname } from "node:path";
import { runCommand } from "./program.ts";

const PROGRAMS = { "/bin/sh": "/bin/dash", "/bin/rm": "/bin/rm" };

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(await Deno.realPath(from), to);
  await Deno.chmod(to, 0o755);
}

/** Makes one; it is removed when it is disposed of. */
export async function makeCleanRoot(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir({ prefix: "aod-clean-root-" });
  await Deno.chmod(path, 0o755);
  for (const [name, program] of Object.entries(PROGRAMS)) {
    await copy(program, path + name);
    const { stdout } = await runCommand("/usr/bin/ldd", [program]);
    for (const [library] of stdout.matchAll(/\/\S+\.so\S*/g)) await copy(library, path + library);
  }
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** All files below a directory, without it in front, sorted. */
export function filesOf(root: string, directory = ""): string[] {
  return [...Deno.readDirSync(root + directory)].flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    return entry.isDirectory ? filesOf(root, path) : [path];
  }).sort();
}
