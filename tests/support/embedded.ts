/**
 * The embedded default configuration for tests and benchmarks that change a little of it.
 * @module
 */

/** config/aod.yaml, which the program carries. */
export function embeddedText(): string {
  return Deno.readTextFileSync(new URL("../../config/aod.yaml", import.meta.url));
}

/**
 * The same with the platform off: collectors, learning and API.
 * @throws Error where the text does not switch these three on, each in a line of its own
 */
export function smbPartsOnly(text: string = embeddedText()): string {
  return changed(text, /^((?:collectors|ml|api): \{ enabled: )true\b/gm, "$1false", 3);
}

/**
 * The same with the API on any port that is free.
 * @throws Error where the text does not say port 8000 once
 */
export function onFreePort(text: string = embeddedText()): string {
  return changed(text, /(?<=^api: .*\bport: )8000\b/gm, "0", 1);
}

/**
 * The same with its output elsewhere.
 * @throws Error where the text does not name the directory once
 */
export function withOutput(directory: string, text: string = embeddedText()): string {
  return changed(text, /^(aod_output_dir: ).*$/gm, `$1${directory}`, 1);
}

function changed(text: string, pattern: RegExp, to: string, times: number): string {
  const found = text.match(pattern)?.length ?? 0;
  if (found !== times) {
    throw new Error(`Cannot change it: because ${pattern} is in it ${found} times`);
  }
  return text.replace(pattern, to);
}
