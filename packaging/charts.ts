/**
 * What the lab draws charts with: fonts as they are, and the renderer under brotli, which is a third
 * of it: a program that unpacks into memory keeps it there.
 * @module
 */
import { brotliCompressSync } from "node:zlib";
import { ROOT } from "./run.ts";
import { runStep } from "./step.ts";

const RENDERER = "node_modules/@resvg/resvg-wasm/index_bg.wasm";
const COMPRESSED = "build/charts/resvg.wasm.br";

/** Names in the pack, and where their contents are, relative to the checkout. */
export const CHART_FILES: readonly (readonly [name: string, path: string])[] = [
  ["font-regular.ttf", "packaging/fonts/font-regular.ttf"],
  ["font-bold.ttf", "packaging/fonts/font-bold.ttf"],
  ["resvg.wasm", COMPRESSED],
];

/** Compresses the renderer unless that is done. */
export async function buildCharts(): Promise<void> {
  await runStep({
    name: "charts",
    inputs: [RENDERER, "packaging/charts.ts"],
    also: [],
    outputs: [COMPRESSED],
    run: () => {
      Deno.mkdirSync(`${ROOT}build/charts`, { recursive: true });
      // By default with the highest effort.
      Deno.writeFileSync(ROOT + COMPRESSED, brotliCompressSync(Deno.readFileSync(ROOT + RENDERER)));
    },
  });
}
