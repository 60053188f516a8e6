/**
 * Makes the dashboard's files for the browser in build/dashboard/: one script, one style sheet, the
 * page and its icon. Nothing in them is inline, so the page's Content-Security-Policy can be strict.
 * @module
 */
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { filesBelow, ROOT } from "./run.ts";
import { runStep } from "./step.ts";

const SOURCE = "src/api/dashboard";
const OUT = "build/dashboard";

/** What the page may weigh, compressed. */
const LIMIT_BYTES = 100_000;

/** The dashboard's assets, by their names in the pack. */
export const DASHBOARD_FILES = [
  "dashboard.html",
  "dashboard.css",
  "dashboard.js",
  "dashboard.svg",
] as const;

async function script(): Promise<string> {
  const result = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: [`${SOURCE}/main.tsx`],
    write: false,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: ["chrome109", "firefox115", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    legalComments: "none",
    logLevel: "silent",
  });
  return result.outputFiles[0].text;
}

/** In the order in which they are applied. */
const STYLES = ["colours", "frame", "parts", "charts", "tables", "anomalies", "narrow"];

async function styles(): Promise<string> {
  const own = STYLES.map((name) => Deno.readTextFileSync(`${ROOT}${SOURCE}/page/${name}.css`))
    .join("");
  const chart = Deno.readTextFileSync(`${ROOT}node_modules/uplot/dist/uPlot.min.css`);
  const result = await esbuild.transform(chart + own, {
    loader: "css",
    minify: true,
    legalComments: "none",
  });
  return result.code;
}

async function write(): Promise<void> {
  Deno.mkdirSync(`${ROOT}${OUT}`, { recursive: true });
  const contents: Record<typeof DASHBOARD_FILES[number], string> = {
    "dashboard.html": Deno.readTextFileSync(`${ROOT}${SOURCE}/page/dashboard.html`),
    "dashboard.css": await styles(),
    "dashboard.js": await script(),
    "dashboard.svg": Deno.readTextFileSync(`${ROOT}${SOURCE}/page/dashboard.svg`),
  };
  const bytes = Object.values(contents).reduce((sum, text) => sum + gzipSync(text).length, 0);
  if (bytes > LIMIT_BYTES) {
    throw new Error(`Cannot build the dashboard: because it has ${bytes} bytes compressed`);
  }
  for (const [name, text] of Object.entries(contents)) {
    Deno.writeTextFileSync(`${ROOT}${OUT}/${name}`, text);
  }
  console.error(`build: dashboard has ${(bytes / 1000).toFixed(1)} KB compressed`);
}

/** Writes the dashboard's files unless they are up to date. The caller stops esbuild. */
export async function buildDashboard(): Promise<void> {
  const config = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)) as {
    imports: Record<string, string>;
  };
  await runStep({
    name: "dashboard",
    inputs: [
      ...filesBelow(`${ROOT}${SOURCE}`).map((path) => path.slice(ROOT.length)),
      "packaging/dashboard.ts",
    ],
    also: ["esbuild", "preact", "uplot"].map((name) => config.imports[name]),
    outputs: DASHBOARD_FILES.map((name) => `${OUT}/${name}`),
    run: write,
  });
}
