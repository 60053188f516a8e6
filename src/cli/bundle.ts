/**
 * `aod bundle`: lists, shows, verifies and extracts what was caught.
 * @module
 */
import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import type { Command } from "./command.ts";
import { loadConfig } from "../evidence/configuration.ts";
import { readBundle, verifyBundle } from "../evidence/bundle_read.ts";
import { extractBundle, findBundle, listBundles } from "../evidence/bundle_store.ts";
import type { Manifest } from "../evidence/manifest.ts";
import { effectiveUid } from "../os/process.ts";
import { reasonOf } from "../os/reason.ts";
import { listJson, listText, manifestSummary, printable } from "./bundle_text.ts";
import { EXIT, ExitError, exitWith } from "./exit.ts";
import { print, printJson, printLine, terminalWidth } from "./output.ts";

interface Options {
  dir?: string;
  config?: string;
  json?: boolean;
  to?: string;
}

const ID = `
ID is the 19 digits of a bundle, their beginning, or the path of a bundle file;
without it the newest is meant (verify: every one).
`;
const CODES = `

Exit codes: 0 ok, 1 a bundle is damaged or cannot be read, 2 usage, 4 not root.`;

const EXAMPLES = {
  list: `
Examples:
  sudo aod bundle list                     what was caught, oldest first
  sudo aod bundle list --json              one JSON object a bundle
  aod bundle list --dir /srv/aod           of another output directory`,
  show: `${ID}
Examples:
  sudo aod bundle show                     verdict and evidence of the newest
  sudo aod bundle show 1795167805542772008
  aod bundle show ./aod_quick_1795167805542772008.tar.zst
  sudo aod bundle show --json | jq .manifest.verdict`,
  verify: `${ID}
Examples:
  sudo aod bundle verify                   every bundle: checksum and hashes
  aod bundle verify ./aod_quick_1795167805542772008.tar.zst`,
  extract: `${ID}
Examples:
  sudo aod bundle extract                  the newest, to ./aod_quick_<id>
  sudo aod bundle extract 17951678 --to /tmp`,
};

const OVERVIEW = `${ID}
Examples:
  sudo aod bundle list                     what was caught, oldest first
  sudo aod bundle show                     verdict and evidence of the newest
  sudo aod bundle verify                   check every bundle
  sudo aod bundle extract 17951678 --to /tmp${CODES}`;

/** Adds `bundle` to the program. */
export function register(program: Command): void {
  const bundle = program.command("bundle")
    .description("list, show, verify and extract bundles")
    .addHelpText("after", OVERVIEW);
  const subcommand = (name: keyof typeof EXAMPLES, description: string) =>
    bundle.command(name === "list" ? name : `${name} [id]`)
      .description(description)
      .option("--dir <directory>", "output directory (default: that of the configuration)")
      .option("--config <file>", "configuration that names the output directory")
      .option("--json", "print one JSON object a line")
      .addHelpText("after", EXAMPLES[name] + CODES);
  subcommand("list", "one line a bundle, oldest first")
    .action((options: Options) => guarded(() => list(options)));
  subcommand("show", "README and summary of the manifest")
    .action((id: string | undefined, options: Options) => guarded(() => show(id, options)));
  subcommand("verify", "check checksums, hashes and completeness")
    .action((id: string | undefined, options: Options) => guarded(() => verify(id, options)));
  subcommand("extract", "unpack to a new directory, 0700")
    .option("--to <directory>", "where to make it", ".")
    .action((id: string | undefined, options: Options) => guarded(() => extract(id, options)));
}

/** What cannot be read is one line, not a stack. */
async function guarded(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof ExitError || error instanceof Deno.errors.BrokenPipe) throw error;
    const { code, path } = error as { code?: unknown; path?: unknown };
    const denied = code === "EACCES" || code === "EPERM";
    const reason = `${reasonOf(error)}${denied && effectiveUid() !== 0 ? " (use sudo)" : ""}`;
    const message = typeof path === "string" ? `Cannot use ${path}: because ${reason}` : reason;
    const exit = denied && effectiveUid() !== 0 ? EXIT.notRoot : EXIT.internal;
    throw new ExitError(exit, printable(message));
  }
}

/** The output directory; one that was named must be there, the default need not be yet. */
function directory(options: Options): string {
  const { dir } = options;
  if (dir === "") throw new ExitError(EXIT.usage, "--dir is empty; it names a directory");
  if (dir !== undefined) {
    lstatSync(dir);
    return dir;
  }
  try {
    return loadConfig(options.config ?? null).config.aod_output_dir;
  } catch (error) {
    throw new ExitError(EXIT.usage, error instanceof Error ? error.message : String(error));
  }
}

/** A bundle named by its path needs no output directory. */
function whereabouts(id: string | undefined, options: Options): string {
  return id?.includes("/") ? dirname(id) : directory(options);
}

/** What is wrong inside a bundle says which. */
async function about<T>(path: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof Error) || "code" in error) throw error;
    throw new Error(`${path}: ${error.message}`);
  }
}

/** What is made of a manifest; one that is missing or of another form is said to be. */
function ofManifest<T>(path: string, text: string | undefined, make: (parsed: Manifest) => T): T {
  try {
    return make(JSON.parse(text ?? ""));
  } catch {
    const hint = "aod bundle verify tells more";
    throw new Error(`${path}: its manifest.json is missing or damaged (${hint})`);
  }
}

async function list(options: Options): Promise<void> {
  const dir = directory(options);
  const bundles = await listBundles(dir);
  if (options.json) return bundles.forEach((bundle) => printJson(listJson(bundle)));
  if (bundles.length === 0) return console.error(`no bundle in ${dir}`);
  print(listText(bundles, terminalWidth()));
}

async function show(id: string | undefined, options: Options): Promise<void> {
  const { path, followup } = await findBundle(whereabouts(id, options), id ?? null);
  const wanted = ["README.txt", "manifest.json"];
  const { texts } = await about(path, readBundle(path, { texts: wanted, stopEarly: true }));
  const readme = texts.get("README.txt") ?? "";
  const manifest = texts.get("manifest.json");
  if (options.json) {
    const whole = ofManifest(path, manifest, (parsed) => parsed);
    return printJson({ path, readme, manifest: whole, followup });
  }
  print(printable(readme));
  printLine("");
  const summary = ofManifest(path, manifest, (parsed) => manifestSummary(parsed, followup));
  print(printable(summary));
  printLine(`file       ${path}`);
}

async function verify(id: string | undefined, options: Options): Promise<void> {
  const dir = whereabouts(id, options);
  const paths = id === undefined
    ? (await listBundles(dir)).map((bundle) => bundle.path)
    : [(await findBundle(dir, id)).path];
  if (paths.length === 0) console.error(`no bundle in ${dir}`);
  for (const path of paths) {
    const { faults, files, bytes } = await verifyBundle(path);
    if (faults.length > 0) exitWith(EXIT.internal);
    if (options.json) printJson({ path, ok: faults.length === 0, faults, files, bytes });
    else if (faults.length === 0) printLine(`${path}: OK (${files} files, ${bytes} bytes)`);
    else for (const fault of faults) printLine(printable(`${path}: DAMAGED: ${fault}`));
  }
}

async function extract(id: string | undefined, options: Options): Promise<void> {
  const { path } = await findBundle(whereabouts(id, options), id ?? null);
  const { dir, content } = await about(path, extractBundle(path, options.to ?? "."));
  const files = content.files.map((file) => file.name);
  if (options.json) printJson({ path, dir, files });
  else printLine(`${dir}: ${files.length} files`);
}
