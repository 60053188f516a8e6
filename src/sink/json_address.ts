/**
 * The address fields of network events as JSON: the same few addresses come again and again, so their
 * JSON is kept.
 * @module
 */
import { socketAddress } from "../probe/event_log/address.ts";
import { writeBytes } from "./digits.ts";
import { escapeControls } from "./escape.ts";

const encoder = new TextEncoder();
const ENTRIES = 256;
/** Longer addresses are no struct sockaddr_storage; their JSON is made each time. */
const LONGEST_KEPT = 128;
const UNKNOWN = encoder.encode(',"family":null,"port":null,"addr":null');

/** Writes addresses. */
export class AddressCache {
  readonly #keys: Uint8Array[] = new Array(ENTRIES).fill(new Uint8Array(0));
  readonly #values: Uint8Array[] = new Array(ENTRIES).fill(UNKNOWN);

  /**
   * Writes the fields of the address in `source`.
   * @param from where it is; -1 for none
   * @returns where they end
   */
  write(bytes: Uint8Array, to: number, source: Uint8Array, from: number, length: number): number {
    if (from < 0) return writeBytes(bytes, to, UNKNOWN);
    if (length > LONGEST_KEPT) return writeBytes(bytes, to, addressJson(source, from, length));
    let hash = length;
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ source[from + i], 0x01000193);
    const index = (hash ^ (hash >>> 15)) & (ENTRIES - 1);
    if (!isSame(this.#keys[index], source, from, length)) {
      this.#keys[index] = source.slice(from, from + length);
      this.#values[index] = addressJson(source, from, length);
    }
    return writeBytes(bytes, to, this.#values[index]);
  }
}

function isSame(key: Uint8Array, source: Uint8Array, from: number, length: number): boolean {
  if (key.length !== length) return false;
  for (let i = 0; i < length; i++) if (key[i] !== source[from + i]) return false;
  return true;
}

function addressJson(source: Uint8Array, from: number, length: number): Uint8Array {
  const address = socketAddress(source.subarray(from, from + length));
  if (address === null) return UNKNOWN;
  const { family, port, addr, abstract } = address;
  const text = JSON.stringify({ family, port, addr, ...(abstract ? { abstract } : {}) });
  return encoder.encode(`,${escapeControls(text).slice(1, -1)}`);
}
