/**
 * The lines of a text that the kernel wrote, without an array of all of them.
 * @module
 */

/** One line of a real /proc file is far shorter; patterns would run over the rest of it for nothing. */
const MAX_CHARS = 4096;

/**
 * Gives each of the first `maxLines` lines to `visit`, without its line feed. Lines of more than 4096
 * characters are left out.
 */
export function eachLine(text: string, maxLines: number, visit: (line: string) => void): void {
  let from = 0;
  for (let n = 0; n < maxLines && from < text.length; n++) {
    const end = text.indexOf("\n", from);
    const line = text.slice(from, end < 0 ? text.length : end);
    if (line.length <= MAX_CHARS) visit(line);
    if (end < 0) break;
    from = end + 1;
  }
}
