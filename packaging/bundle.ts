/**
 * Bundles the program into two scripts, aod.script and worker.script, each with the small module
 * that starts it (bootstrap.js). The threads do not carry the command line's code; neither carries
 * an asset.
 * @module
 */
import { builtinModules } from "node:module";
import * as esbuild from "esbuild";
import { ROOT } from "./run.ts";

/** Where the bundles are written. */
export const BUNDLE_DIR = `${ROOT}build/bundle`;

interface Entry {
  /** Names the module `NAME.js` and the script `NAME.script`. */
  name: string;
  /** The descriptor of the script when it lives in memory: see enum aod_file_index. */
  scriptFd: number;
  source: string;
}

const ENTRIES: Entry[] = [
  {
    name: "aod",
    scriptFd: 104,
    source: 'import { main } from "./src/cli/main.ts"; main(Deno.args).then(Deno.exit);',
  },
  {
    name: "worker",
    scriptFd: 105,
    source: 'import { startRole } from "./src/service/workers/roles.ts"; startRole(self.name);',
  },
];

async function bundleScript(entry: Entry): Promise<string> {
  const result = await esbuild.build({
    absWorkingDir: ROOT,
    stdin: { contents: entry.source, resolveDir: ROOT, loader: "ts" },
    write: false,
    bundle: true,
    format: "iife",
    // Not "node": packages with two builds then give the one made of ES modules (yaml).
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "esnext",
    define: { "import.meta.url": "moduleUrl" },
    // ASCII only: V8 keeps such a source at one byte a character.
    charset: "ascii",
    minify: true,
    keepNames: true,
    legalComments: "none",
    external: ["node:*", ...builtinModules],
    logLevel: "silent",
  });
  const warnings = await esbuild.formatMessages(result.warnings, { kind: "warning" });
  for (const warning of warnings) console.error(warning);
  // A script cannot import: what is imported late from the runtime is required late.
  const text = result.outputFiles[0].text
    .replace(/\bimport\(("node:[a-z/_]+")\)/g, "Promise.resolve(require($1))");
  const dynamic = text.match(/\bimport\("[^"]*"\)/);
  if (dynamic !== null) {
    throw new Error(`Cannot bundle ${entry.name}: because a script cannot do ${dynamic[0]}`);
  }
  return `"use strict";${text}//# sourceURL=${entry.name}.script\n`;
}

async function bootstrapModule(entry: Entry): Promise<string> {
  const result = await esbuild.transform(Deno.readTextFileSync(`${ROOT}packaging/bootstrap.js`), {
    define: { SCRIPT_NAME: `"./${entry.name}.script"`, SCRIPT_FD: String(entry.scriptFd) },
    minify: true,
    target: "esnext",
  });
  return result.code;
}

/** Writes the modules and scripts to build/bundle/. Their bytes depend on the sources only. */
export async function buildBundles(): Promise<void> {
  Deno.mkdirSync(BUNDLE_DIR, { recursive: true });
  try {
    for (const entry of ENTRIES) {
      const path = `${BUNDLE_DIR}/${entry.name}`;
      Deno.writeTextFileSync(`${path}.js`, await bootstrapModule(entry));
      Deno.writeTextFileSync(`${path}.script`, await bundleScript(entry));
    }
  } finally {
    await esbuild.stop();
  }
}
