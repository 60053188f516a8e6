/**
 * `aod version`: what this program is and what is inside it.
 * @module
 */
import type { Command } from "./command.ts";
import { assetText } from "../os/assets.ts";
import { AOD_VERSION, buildEnd, buildInfo } from "../os/build_info.ts";
import { print, printJson, printLine } from "./output.ts";

interface Versions {
  aod: string;
  commit: string | null;
  end: string;
  arch: string;
  deno: string;
  v8: string;
  libbpf: string | null;
  objects: { name: string; sha256: string; bytes: number }[];
}

function versions(): Versions {
  const info = buildInfo();
  return {
    aod: AOD_VERSION,
    commit: info?.commit ?? null,
    end: buildEnd(),
    arch: Deno.build.arch,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    libbpf: info?.libbpf ?? null,
    objects: info?.objects ?? [],
  };
}

function printVersions(v: Versions): void {
  printLine(`aod ${v.aod}${v.commit === null ? "" : ` (${v.commit})`}, ${v.end}, ${v.arch}`);
  printLine(`deno ${v.deno} (v8 ${v.v8})`);
  printLine(`libbpf ${v.libbpf ?? "not built"}`);
  for (const object of v.objects) {
    printLine(`${object.name} ${object.sha256.slice(0, 16)} (${object.bytes} bytes)`);
  }
}

const EXAMPLES = `
Examples:
  aod version               versions of aod, Deno, libbpf and each BPF object
  aod version --json        the same as one JSON object
  aod version --licenses    what is linked in, and under which licences`;

/** Adds `version` to the program. */
export function register(program: Command): void {
  program.command("version")
    .description("print what this program is built from")
    .option("--licenses", "print the licences of aod and of what is inside it")
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action((options: { licenses?: boolean; json?: boolean }) => {
      if (options.licenses) {
        print(`${assetText("LICENSE")}\n${assetText("NOTICE")}`);
      } else if (options.json) {
        printJson(versions());
      } else {
        printVersions(versions());
      }
    });
}
