/**
 * The pack of assets that src/os/assets.ts reads: header, index, contents.
 * @module
 */

const HEADER_BYTES = 12;

/** Puts named contents into one pack. */
export function pack(assets: Map<string, Uint8Array>): Uint8Array {
  const index: Record<string, [number, number]> = {};
  let offset = 0;
  for (const [name, bytes] of assets) {
    index[name] = [offset, bytes.length];
    offset += bytes.length;
  }
  const indexBytes = new TextEncoder().encode(JSON.stringify(index));
  const out = new Uint8Array(HEADER_BYTES + indexBytes.length + offset);
  out.set(new TextEncoder().encode("AODPACK1"));
  new DataView(out.buffer).setUint32(8, indexBytes.length, true);
  out.set(indexBytes, HEADER_BYTES);
  for (const [name, bytes] of assets) {
    out.set(bytes, HEADER_BYTES + indexBytes.length + index[name][0]);
  }
  return out;
}
