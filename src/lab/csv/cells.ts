/**
 * The cells of one line of CSV (RFC 4180), without line breaks inside quotes: no measurement has
 * any, and a quote that is never closed would swallow the file.
 * @module
 */

/** What may separate cells; the first of them that a header has is the file's. */
const SEPARATORS = [",", ";", "\t"];

/** The separator of a file, told from its first line. */
export function separatorOf(header: string): string {
  return SEPARATORS.find((separator) => header.includes(separator)) ?? ",";
}

/** The cells of a line, trimmed; null where its quotes are wrong. */
export function cellsOf(line: string, separator: string): string[] | null {
  if (!line.includes('"')) return line.split(separator).map((cell) => cell.trim());
  const cells: string[] = [];
  for (let at = 0; at <= line.length;) {
    const cell = line[at] === '"' ? quotedCell(line, at) : plainCell(line, at, separator);
    if (cell === null || (cell.end < line.length && line[cell.end] !== separator)) return null;
    cells.push(cell.text.trim());
    at = cell.end + 1;
  }
  return cells;
}

/** A cell and the index after it. */
interface Cell {
  text: string;
  end: number;
}

function plainCell(line: string, from: number, separator: string): Cell | null {
  const to = line.indexOf(separator, from);
  const end = to < 0 ? line.length : to;
  const text = line.slice(from, end);
  return text.includes('"') ? null : { text, end };
}

function quotedCell(line: string, from: number): Cell | null {
  for (let to = line.indexOf('"', from + 1); to >= 0; to = line.indexOf('"', to + 2)) {
    // Two of them are one in the text.
    if (line[to + 1] === '"') continue;
    return { text: line.slice(from + 1, to).replaceAll('""', '"'), end: to + 1 };
  }
  return null;
}
