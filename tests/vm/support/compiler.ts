/**
 * A C compiler small enough to be put into the guest: Debian's tcc, which needs nothing but libc.
 * @module
 */
import { join } from "node:path";
import { digest, stage } from "./cache.ts";
import { exec } from "./exec.ts";
import { unpack } from "./packages.ts";

const PACKAGE = "tcc";
const PROGRAM = "usr/bin/tcc";
/** tcc's own headers, freestanding: the sources that are compiled need no others. */
const HEADERS = "usr/lib/x86_64-linux-gnu/tcc/include";

/** The files for `bootVm`. */
export async function compilerFiles(): Promise<Record<string, string>> {
  const dir = await stage("tcc", digest(PACKAGE), async (work) => {
    const inWork = { cwd: work };
    const download = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", PACKAGE];
    await exec(download, inWork).catch(async () => {
      await exec(["apt-get", "-qq", "update"]);
      await exec(download, inWork);
    });
    for (const { name } of [...Deno.readDirSync(work)]) {
      await unpack(join(work, name), work, [`./${PROGRAM}`, `./${HEADERS}`]);
      await Deno.remove(join(work, name));
    }
  });
  const headers = [...Deno.readDirSync(join(dir, HEADERS))].map(({ name }) => `${HEADERS}/${name}`);
  return Object.fromEntries([PROGRAM, ...headers].map((path) => [`/${path}`, join(dir, path)]));
}
