/**
 * Byte strings in the account and in the log. Here they are compared as text of which each character
 * is a byte; that the log can be brought to this form shows that its escapes lose nothing.
 * @module
 */

/** A value of JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const encoder = new TextEncoder();

/**
 * The bytes that a string of the log stands for: a lone surrogate from U+DC80 to U+DCFF is a byte that
 * is no UTF-8, everything else is UTF-8.
 */
export function bytesOfLogText(text: string): string {
  let bytes = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) bytes += String.fromCharCode(code - 0xdc00);
    else for (const byte of encoder.encode(character)) bytes += String.fromCharCode(byte);
  }
  return bytes;
}

/** The same for all strings of a value. */
export function bytesOfLogValue(value: Json): Json {
  if (typeof value === "string") return bytesOfLogText(value);
  if (Array.isArray(value)) return value.map(bytesOfLogValue);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, bytesOfLogValue(inner)]),
  );
}

/** Arguments, each with a NUL behind it but for one that was cut. */
export function splitArguments(bytes: string): string[] {
  const parts = bytes.split("\0");
  if (parts.at(-1) === "") parts.pop();
  return parts;
}
