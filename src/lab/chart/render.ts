/**
 * A chart as PNG and SVG. Everything heavy (the renderer as WebAssembly, the fonts) is read when the
 * first chart is made, and by nothing else.
 * @module
 */
import { brotliDecompressSync } from "node:zlib";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { assetBytes } from "../../os/assets.ts";
import type { Drawing, Fonts } from "./drawing.ts";
import { drawFigure, type Figure } from "./figure.ts";
import { Font } from "./font.ts";
import { COLOUR, FONT_FAMILY } from "./theme.ts";

/** A chart in both forms. */
export interface RenderedChart {
  /** Pixels of 1200 px width. */
  png: Uint8Array;
  /** The same with the fonts inside. */
  svg: string;
}

let fonts: Fonts | null = null;
let ready: Promise<void> | null = null;

/** The embedded fonts. */
export function embeddedFonts(): Fonts {
  fonts ??= {
    regular: new Font(assetBytes("font-regular.ttf")),
    bold: new Font(assetBytes("font-bold.ttf")),
  };
  return fonts;
}

/** Draws and renders a chart. */
export async function renderChart(figure: Figure): Promise<RenderedChart> {
  const drawing = drawFigure(figure, embeddedFonts());
  return { png: await toPng(drawing), svg: drawing.toSvg(true) };
}

async function toPng(drawing: Drawing): Promise<Uint8Array> {
  await (ready ??= initWasm(renderer()));
  const resvg = new Resvg(drawing.toSvg(false), {
    background: COLOUR.background,
    font: {
      fontBuffers: [drawing.fonts.regular.bytes, drawing.fonts.bold.bytes],
      loadSystemFonts: false,
      defaultFontFamily: FONT_FAMILY,
      sansSerifFamily: FONT_FAMILY,
    },
  });
  try {
    const image = resvg.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    resvg.free();
  }
}

/** First bytes of a WebAssembly module. */
const WASM = [0x00, 0x61, 0x73, 0x6d];

/** The renderer: compressed in the program, as it comes in a checkout. */
function renderer(): Uint8Array<ArrayBuffer> {
  const bytes = assetBytes("resvg.wasm");
  if (WASM.every((byte, i) => bytes[i] === byte)) return bytes;
  return new Uint8Array(brotliDecompressSync(bytes));
}
