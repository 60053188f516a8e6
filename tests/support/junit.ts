/**
 * Reads the JUnit reports that `deno test` writes: totals, and what failed with its message.
 * @module
 */

/** What a report says. */
export interface JUnitReport {
  passed: number;
  failed: number;
  ignored: number;
  /** One entry a failed test or step, in the order of the report. */
  failures: { file: string; name: string; text: string }[];
}

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function decode(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(lt|gt|quot|apos|amp));/gi,
    (_, hex: string | undefined, decimal: string | undefined, name: string) =>
      hex !== undefined
        ? String.fromCodePoint(parseInt(hex, 16))
        : decimal !== undefined
        ? String.fromCodePoint(Number(decimal))
        : ENTITIES[name.toLowerCase()],
  );
}

/**
 * Reads a report.
 * @returns null when the text is no whole report: the run died while it wrote it.
 */
export function readJUnit(text: string): JUnitReport | null {
  const head = text.match(/<testsuites [^>]*>/)?.[0];
  if (head === undefined) return null;
  const number = (name: string) => Number(head.match(new RegExp(` ${name}="(\\d+)"`))?.[1] ?? 0);
  const failed = number("failures") + number("errors");
  const ignored = text.match(/<skipped\/>|<skipped>/g)?.length ?? 0;
  const failures: JUnitReport["failures"] = [];
  for (const test of text.split("<testcase ").slice(1)) {
    const failure = test.match(/<(failure|error)[^>]*>([\s\S]*?)<\/\1>/);
    if (failure === null) continue;
    const field = (name: string) =>
      decode(test.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1] ?? "");
    failures.push({ file: field("classname"), name: field("name"), text: decode(failure[2]) });
  }
  return { passed: number("tests") - failed - ignored, failed, ignored, failures };
}
