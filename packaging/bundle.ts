/**
 * Bundles main.ts and src/worker.ts into two ES modules, aod.js and worker.js. The threads do not
 * carry the command line's code; neither carries an asset.
 * @module
 */
import * as esbuild from "esbuild";
import { ROOT } from "./run.ts";

/** Where the bundles are written. */
export const BUNDLE_DIR = `${ROOT}build/bundle`;

/** CommonJS packages inside ask for node's built-in modules by require(), which a module has not. */
const REQUIRE = 'import{createRequire as aodRequire}from"node:module";' +
  "const require=aodRequire(import.meta.url);\n";
/** What esbuild's stand-in for require() says where there is none. */
const NEEDS_REQUIRE = "Dynamic require of";

async function bundle(entry: string, outfile: string): Promise<void> {
  const result = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    write: false,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "esnext",
    // ASCII only: V8 keeps such a source at one byte a character.
    charset: "ascii",
    minify: true,
    keepNames: true,
    legalComments: "none",
    external: ["node:*"],
    logLevel: "silent",
  });
  for (const warning of result.warnings) console.error(`build: ${warning.text}`);
  const text = result.outputFiles[0].text;
  // Not in every bundle: loading node:module costs each thread some milliseconds and memory.
  Deno.writeTextFileSync(outfile, text.includes(NEEDS_REQUIRE) ? REQUIRE + text : text);
}

/** Writes build/bundle/aod.js and build/bundle/worker.js. Their bytes depend on the sources only. */
export async function buildBundles(): Promise<void> {
  Deno.mkdirSync(BUNDLE_DIR, { recursive: true });
  try {
    await bundle("main.ts", `${BUNDLE_DIR}/aod.js`);
    await bundle("src/worker.ts", `${BUNDLE_DIR}/worker.js`).catch((error) => {
      console.error(`build: no worker: ${error}`);
      Deno.writeTextFileSync(`${BUNDLE_DIR}/worker.js`, "throw new Error('not built');");
    });
  } finally {
    await esbuild.stop();
  }
}
