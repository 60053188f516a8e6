/**
 * The build: BPF objects, native library, bundles, assets, then the executable ./aod.
 * Run it by ./build.sh, which brings the tools.
 * @module
 */
import { buildAssets } from "./assets.ts";
import { buildBpfObjects } from "./bpf_objects.ts";
import { buildBundles } from "./bundle.ts";
import { buildCharts } from "./charts.ts";
import { buildWithCompile } from "./compile.ts";
import { buildDashboard } from "./dashboard.ts";
import { buildWithLauncher } from "./launcher.ts";
import { buildNativeLibrary } from "./native_library.ts";
import { ROOT } from "./run.ts";

/** Builds of one checkout take turns: two at once would write into each other's files. */
async function inTurn(build: () => Promise<void>): Promise<void> {
  Deno.mkdirSync(`${ROOT}build`, { recursive: true });
  using lock = await Deno.open(`${ROOT}build/lock`, { create: true, write: true, mode: 0o600 });
  await lock.lock(true);
  await build();
}

async function build(): Promise<void> {
  const { version } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)) as { version: string };
  const objects = await buildBpfObjects();
  await buildNativeLibrary();
  await buildDashboard();
  await buildCharts();
  await buildBundles();
  await buildAssets(version, objects);
  if (!await buildWithCompile()) await buildWithLauncher();
  const size = Deno.statSync(`${ROOT}aod`).size;
  console.error(`build: ./aod is ready, ${(size / 1e6).toFixed(1)} MB`);
}

try {
  await inTurn(build);
} catch (error) {
  console.error(`build: ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}
