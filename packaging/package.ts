/**
 * `./build.sh package [--lint] [--out DIRECTORY]`: the deb and the rpm of the built ./aod. With --lint
 * what lintian, rpmlint, groff, zsh, fish, systemd-analyze and apparmor_parser say of them.
 * @module
 */
import { parseArgs } from "node:util";
import { buildDeb } from "./deb/build.ts";
import { lintPackages } from "./lint.ts";
import { buildRpm } from "./rpm/build.ts";
import { ROOT } from "./run.ts";
import { sourceDateEpoch } from "./source_date.ts";

/** Version of aod, from deno.json. */
export function aodVersion(): string {
  const { version } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)) as { version: string };
  return version;
}

/**
 * Builds both packages into a directory.
 * @param epoch_sec time of all files; that of the commit without it
 * @returns their paths
 */
export async function buildPackages(directory: string, epoch_sec?: number): Promise<string[]> {
  const source = { version: aodVersion(), epoch_sec: epoch_sec ?? await sourceDateEpoch() };
  Deno.mkdirSync(directory, { recursive: true });
  return await Promise.all([buildDeb(source, directory), buildRpm(source, directory)]);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { lint: { type: "boolean" }, out: { type: "string" } },
  });
  try {
    const packages = await buildPackages(values.out ?? ROOT.slice(0, -1));
    for (const path of packages) {
      console.log(`${path}: ${(Deno.statSync(path).size / 1e6).toFixed(1)} MB`);
    }
    if (values.lint && !await lintPackages(packages)) Deno.exit(1);
  } catch (error) {
    console.error(`package: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
