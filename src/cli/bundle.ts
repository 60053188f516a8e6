/**
 * `aod bundle`: lists, shows, verifies and extracts what was caught.
 * @module
 */
import type { Command } from "./command.ts";
import { loadConfig } from "../evidence/configuration.ts";
import { readBundle, verifyBundle } from "../evidence/bundle_read.ts";
import { extractBundle, findBundle, listBundles } from "../evidence/bundle_store.ts";
import { listJson, listText, manifestSummary, printable } from "./bundle_text.ts";
import { EXIT, ExitError, exitWith } from "./exit.ts";
import { isTerminal, print, printJson, printLine } from "./output.ts";

interface Options {
  dir?: string;
  config?: string;
  json?: boolean;
  to?: string;
}

const EXAMPLES = `
ID is the 19 digits of a bundle, their beginning, or the path of a bundle file; without it the newest
is meant (verify: every one).

Examples:
  aod bundle list                          what was caught, oldest first
  aod bundle show                          verdict, evidence and contents of the newest bundle
  aod bundle show 1795167805542772008      of this one
  aod bundle verify                        check every bundle: checksum, hashes, truncation
  aod bundle extract 17951678 --to /tmp    unpack it to /tmp/aod_quick_<id>
  aod bundle list --json --dir /srv/aod    one JSON object a bundle, of another output directory

Exit codes: 0 ok, 1 a bundle is damaged or cannot be read, 2 usage.`;

/** Adds `bundle` to the program. */
export function register(program: Command): void {
  const bundle = program.command("bundle")
    .description("list, show, verify and extract bundles")
    .addHelpText("after", EXAMPLES);
  const subcommand = (name: string, description: string) =>
    bundle.command(name)
      .description(description)
      .option("--dir <directory>", "output directory (default: that of the configuration)")
      .option("--config <file>", "configuration that names the output directory")
      .option("--json", "print one JSON object a line");
  subcommand("list", "one line a bundle, oldest first")
    .action((options: Options) => guarded(() => list(options)));
  subcommand("show [id]", "README and summary of the manifest")
    .action((id: string | undefined, options: Options) => guarded(() => show(id, options)));
  subcommand("verify [id]", "check checksums, hashes and completeness")
    .action((id: string | undefined, options: Options) => guarded(() => verify(id, options)));
  subcommand("extract [id]", "unpack to a new directory, 0700")
    .option("--to <directory>", "where to make it", ".")
    .action((id: string | undefined, options: Options) => guarded(() => extract(id, options)));
}

/** What cannot be read is one line, not a stack. */
async function guarded(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof ExitError || error instanceof Deno.errors.BrokenPipe) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ExitError(EXIT.internal, printable(message));
  }
}

function directory(options: Options): string {
  if (options.dir !== undefined) return options.dir;
  try {
    return loadConfig(options.config ?? null).config.aod_output_dir;
  } catch (error) {
    throw new ExitError(EXIT.usage, error instanceof Error ? error.message : String(error));
  }
}

async function list(options: Options): Promise<void> {
  const dir = directory(options);
  const bundles = await listBundles(dir);
  if (options.json) return bundles.forEach((bundle) => printJson(listJson(bundle)));
  if (bundles.length === 0) return console.error(`no bundle in ${dir}`);
  print(listText(bundles, isTerminal()));
}

async function show(id: string | undefined, options: Options): Promise<void> {
  const { path, followup } = await findBundle(directory(options), id ?? null);
  const wanted = ["README.txt", "manifest.json"];
  const { texts } = await readBundle(path, { texts: wanted, stopEarly: true });
  const manifest = JSON.parse(texts.get("manifest.json") ?? "null");
  if (options.json) {
    return printJson({ path, readme: texts.get("README.txt") ?? "", manifest, followup });
  }
  print(printable(texts.get("README.txt") ?? ""));
  printLine("");
  print(printable(manifestSummary(manifest, followup)));
  printLine(`file       ${path}`);
}

async function verify(id: string | undefined, options: Options): Promise<void> {
  const dir = directory(options);
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
  const { path } = await findBundle(directory(options), id ?? null);
  const { dir, content } = await extractBundle(path, options.to ?? ".");
  const files = content.files.map((file) => file.name);
  if (options.json) printJson({ path, dir, files });
  else printLine(`${dir}: ${files.length} files`);
}
