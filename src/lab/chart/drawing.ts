/**
 * An SVG picture that is being drawn. It knows where each text is, so that tests can say that none
 * lies on another.
 * @module
 */
import type { Font } from "./font.ts";
import { COLOUR, FONT_FAMILY } from "./theme.ts";

/** The two weights of the embedded font. */
export interface Fonts {
  /** For all but titles. */
  regular: Font;
  /** For titles. */
  bold: Font;
}

/** How a text is written. */
export interface TextStyle {
  /** Pixels. */
  size: number;
  /** Default: the colour of text. */
  colour?: string;
  /** Default: regular. */
  bold?: boolean;
  /** Which part of it is at x. Default: start. */
  anchor?: "start" | "middle" | "end";
  /** Turned to be read from below; it then is centred at its place. */
  upward?: boolean;
}

/** How a line is drawn. */
export interface Stroke {
  /** Colour. */
  colour: string;
  /** Pixels. */
  width: number;
  /** From 0 to 1; default 1. */
  opacity?: number;
  /** Lengths of dashes and gaps; default: none. */
  dash?: string;
}

/** Where something is, in pixels from the upper left corner. */
export interface Box {
  /** Left edge. */
  x: number;
  /** Upper edge. */
  y: number;
  /** From left to right. */
  width: number;
  /** From above to below. */
  height: number;
}

/** A text that was drawn, and the room it takes. */
export interface TextBox extends Box {
  /** The text. */
  text: string;
}

/** Of DejaVu Sans, as parts of the size: what is above and below the line of writing. */
const ASCENT = 0.76;
const DESCENT = 0.24;

/** A picture. */
export class Drawing {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** What it is written in. */
  readonly fonts: Fonts;
  /** All texts so far. */
  readonly texts: TextBox[] = [];
  readonly #parts: string[] = [];

  /** An empty one of this size. */
  constructor(width: number, height: number, fonts: Fonts) {
    this.width = width;
    this.height = height;
    this.fonts = fonts;
  }

  /** Writes a text on one line; `y` is the line of writing. */
  text(x: number, y: number, text: string, style: TextStyle): void {
    const font = style.bold ? this.fonts.bold : this.fonts.regular;
    const shown = font.drawable(text);
    const width = font.width(shown, style.size);
    const anchor = style.upward ? "middle" : style.anchor ?? "start";
    const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
    const above = ASCENT * style.size;
    const height = (ASCENT + DESCENT) * style.size;
    this.texts.push(
      style.upward
        ? { text: shown, x: x - above, y: y - width / 2, width: height, height: width }
        : { text: shown, x: left, y: y - above, width, height },
    );
    const attributes = [
      `x="${round(x)}" y="${round(y)}" font-size="${style.size}"`,
      `fill="${style.colour ?? COLOUR.text}"`,
      ...(style.bold ? ['font-weight="bold"'] : []),
      ...(anchor === "start" ? [] : [`text-anchor="${anchor}"`]),
      ...(style.upward ? [`transform="rotate(-90 ${round(x)} ${round(y)})"`] : []),
    ];
    this.#parts.push(`<text ${attributes.join(" ")}>${escape(shown)}</text>`);
  }

  /** A straight line. */
  line(x1: number, y1: number, x2: number, y2: number, stroke: Stroke): void {
    this.path(`M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}`, stroke);
  }

  /** A line along a path (SVG path data). */
  path(data: string, stroke: Stroke): void {
    if (data === "") return;
    this.#parts.push(
      `<path d="${data}" fill="none" stroke="${stroke.colour}" stroke-width="${stroke.width}"` +
        ` stroke-linejoin="round" stroke-linecap="${stroke.dash ? "butt" : "round"}"` +
        (stroke.opacity === undefined ? "" : ` stroke-opacity="${stroke.opacity}"`) +
        (stroke.dash === undefined ? "" : ` stroke-dasharray="${stroke.dash}"`) + "/>",
    );
  }

  /** A filled shape (SVG path data). */
  fill(data: string, colour: string, opacity: number): void {
    if (data === "") return;
    this.#parts.push(`<path d="${data}" fill="${colour}" fill-opacity="${opacity}"/>`);
  }

  /**
   * The picture as SVG.
   * @param embedFonts with the fonts inside, for programs that do not have them
   */
  toSvg(embedFonts: boolean): string {
    const { width, height } = this;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}" font-family="${FONT_FAMILY}, sans-serif">\n` +
      (embedFonts ? this.#fontFaces() : "") +
      `<rect width="${width}" height="${height}" fill="${COLOUR.background}"/>\n` +
      `${this.#parts.join("\n")}\n</svg>\n`;
  }

  #fontFaces(): string {
    const face = (font: Font, weight: string) =>
      `@font-face{font-family:"${FONT_FAMILY}";font-weight:${weight};` +
      `src:url(data:font/ttf;base64,${font.bytes.toBase64()}) format("truetype")}`;
    const faces = face(this.fonts.regular, "normal") + face(this.fonts.bold, "bold");
    return `<style>${faces}</style>\n`;
  }
}

/** A coordinate with a tenth of a pixel. */
export function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ENTITIES[c]);
}
