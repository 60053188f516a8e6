/**
 * Reads PNG pictures of 8 bits a channel with transparency, as the charts are, and compares them.
 * @module
 */
import { inflateSync } from "node:zlib";

/** A picture, four bytes a pixel. */
export interface Pixels {
  width: number;
  height: number;
  rgba: Uint8Array;
}

const SIGNATURE = "89504e470d0a1a0a";

/** Decodes a PNG file (ISO/IEC 15948). @throws {Error} when it is another kind of picture */
export function readPng(file: Uint8Array): Pixels {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.subarray(0, 8).toHex() !== SIGNATURE) throw new Error("this is no PNG");
  const data: Uint8Array[] = [];
  for (let at = 8; at < file.length;) {
    const length = view.getUint32(at);
    const type = new TextDecoder().decode(file.subarray(at + 4, at + 8));
    if (type === "IDAT") data.push(file.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  // Depth 8, colour type 6, not interlaced.
  if (file[24] !== 8 || file[25] !== 6 || file[28] !== 0) throw new Error("this PNG is unusual");
  const packed = new Uint8Array(data.reduce((sum, part) => sum + part.length, 0));
  data.reduce((at, part) => (packed.set(part, at), at + part.length), 0);
  return { width, height, rgba: unfiltered(inflateSync(packed), 4 * width, height) };
}

function unfiltered(lines: Uint8Array, stride: number, height: number): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= 4 ? out[at - 4] : 0;
      const up = y > 0 ? out[at - stride] : 0;
      const corner = x >= 4 && y > 0 ? out[at - stride - 4] : 0;
      out[at] = lines[y * (stride + 1) + 1 + x] + predicted(filter, left, up, corner);
    }
  }
  return out;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    default: {
      const [a, b, c] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs);
      return a <= b && a <= c ? left : b <= c ? up : corner;
    }
  }
}

/** A channel that differs by no more than this looks the same. */
const SAME = 32;

/** Part of the pixels that look different; 1 where the sizes differ. */
export function differingPart(a: Pixels, b: Pixels): number {
  if (a.width !== b.width || a.height !== b.height) return 1;
  let differing = 0;
  for (let at = 0; at < a.rgba.length; at += 4) {
    for (let channel = at; channel < at + 4; channel++) {
      const off = a.rgba[channel] - b.rgba[channel];
      if (off >= -SAME && off <= SAME) continue;
      differing++;
      break;
    }
  }
  return differing / (a.width * a.height);
}
