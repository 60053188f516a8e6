/**
 * Names out of records: bytes that the kernel does not promise to be UTF-8.
 * @module
 */

const decoder = new TextDecoder();

/** The NUL-padded name of at most `length` bytes at `offset`; what is no UTF-8 is replaced. */
export function paddedText(data: DataView, offset: number, length: number): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset + offset, length);
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Text of exactly `length` bytes. */
export function textAt(data: DataView, offset: number, length: number): string {
  return decoder.decode(new Uint8Array(data.buffer, data.byteOffset + offset, length));
}

/** Arguments, each of which ends with a NUL; the last one of a list that was cut may have none. */
export function argumentsAt(data: DataView, offset: number, length: number): string[] {
  const found: string[] = [];
  let from = 0;
  const bytes = new Uint8Array(data.buffer, data.byteOffset + offset, length);
  while (from < length) {
    const end = bytes.indexOf(0, from);
    found.push(decoder.decode(bytes.subarray(from, end < 0 ? length : end)));
    if (end < 0) break;
    from = end + 1;
  }
  return found;
}
