/**
 * `./build.sh release`: everything that a release is made of, in dist/<version>/: the program, the
 * packages, the bill of materials, notes, and the SHA-256 of each.
 * @module
 */
import { parseArgs } from "node:util";
import { changelogSections, releaseNotes } from "./changelog.ts";
import { aodVersion, buildPackages } from "./package.ts";
import { ROOT, run } from "./run.ts";
import { makeBom } from "./sbom/cyclonedx.ts";
import { nativeParts } from "./sbom/native.ts";
import { npmPackages } from "./sbom/npm.ts";
import { sourceDateEpoch } from "./source_date.ts";
import { sha256 } from "./step.ts";

/** A release is of a commit: what others build from it must come out the same. */
async function refuseChanges(): Promise<void> {
  const safe = ["-c", `safe.directory=${ROOT.slice(0, -1)}`];
  const changed = await run("git", [...safe, "status", "--porcelain", "--untracked-files=no"]);
  if (changed !== "") {
    throw new Error(
      `Cannot release: because the checkout has changes (--dirty does it all the same):\n${changed}`,
    );
  }
}

/** The bill of materials of the built ./aod, as text. */
export async function sbomText(version: string, epoch_sec: number): Promise<string> {
  const product = { version, epoch_sec, sha256: sha256(Deno.readFileSync(`${ROOT}aod`)) };
  return JSON.stringify(makeBom(product, npmPackages(), await nativeParts()), null, 2) + "\n";
}

/** As `sha256sum` prints it and checks it. */
export function checksums(directory: string): string {
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
  return names.filter((name) => name !== "SHA256SUMS")
    .map((name) => `${sha256(Deno.readFileSync(`${directory}/${name}`))}  ${name}\n`).join("");
}

async function release(out: string): Promise<void> {
  const [version, epoch_sec] = [aodVersion(), await sourceDateEpoch()];
  const notes = releaseNotes(changelogSections(), version);
  await Deno.remove(out, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await buildPackages(out);
  Deno.copyFileSync(`${ROOT}aod`, `${out}/aod`);
  Deno.chmodSync(`${out}/aod`, 0o755);
  Deno.writeTextFileSync(`${out}/aod-${version}.cdx.json`, await sbomText(version, epoch_sec));
  Deno.writeTextFileSync(`${out}/NOTES.md`, notes);
  Deno.copyFileSync(`${ROOT}NOTICE`, `${out}/NOTICE`);
  Deno.writeTextFileSync(`${out}/SHA256SUMS`, checksums(out));
  console.log(Deno.readTextFileSync(`${out}/SHA256SUMS`) + `in ${out}`);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { dirty: { type: "boolean" }, out: { type: "string" } },
  });
  try {
    if (!values.dirty) await refuseChanges();
    await release(values.out ?? `${ROOT}dist/${aodVersion()}`);
  } catch (error) {
    console.error(`release: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
