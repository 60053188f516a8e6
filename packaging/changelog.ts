/**
 * CHANGELOG.md in the forms that packages and a release want.
 * @module
 */
import { ROOT } from "./run.ts";

/** One section of the file. */
export interface ChangelogSection {
  /** `Unreleased` or `0.1.0`. */
  name: string;
  /** What stands below its heading, trimmed. */
  text: string;
}

/** The sections, newest first. */
export function changelogSections(
  text: string = Deno.readTextFileSync(`${ROOT}CHANGELOG.md`),
): ChangelogSection[] {
  return text.split(/^## /m).slice(1).map((part) => {
    const [first, ...rest] = part.split("\n");
    return { name: first.replace(/^\[([^\]]+)\].*$/, "$1").trim(), text: rest.join("\n").trim() };
  });
}

/**
 * What a release of `version` tells: the section of that version, with what came after it in front
 * while nothing newer is numbered.
 */
export function releaseNotes(sections: readonly ChangelogSection[], version: string): string {
  const parts = sections.filter(({ name, text }) =>
    text !== "" && (name === version || name === "Unreleased")
  );
  if (!parts.some(({ name }) => name === version)) {
    throw new Error(`Cannot write notes: because CHANGELOG.md has no section [${version}]`);
  }
  return `# aod ${version}\n\n${parts.map(({ text }) => text).join("\n\n")}\n`;
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function parts(epoch_sec: number): { day: string; date: string; month: string; year: number } {
  const time = new Date(epoch_sec * 1000);
  return {
    day: DAYS[time.getUTCDay()],
    date: String(time.getUTCDate()).padStart(2, "0"),
    month: MONTHS[time.getUTCMonth()],
    year: time.getUTCFullYear(),
  };
}

/** A Debian changelog of one entry; the whole story is in CHANGELOG.md beside it. */
export function debianChangelog(version: string, maintainer: string, epoch_sec: number): string {
  const { day, date, month, year } = parts(epoch_sec);
  const clock = new Date(epoch_sec * 1000).toISOString().slice(11, 19);
  return `aod (${version}) stable; urgency=medium

  * Version ${version}; CHANGELOG.md tells what changed.

 -- ${maintainer}  ${day}, ${date} ${month} ${year} ${clock} +0000
`;
}

/** The entry of an rpm's %changelog. */
export function rpmChangelog(version: string, maintainer: string, epoch_sec: number): string {
  const { day, date, month, year } = parts(epoch_sec);
  return `* ${day} ${month} ${date} ${year} ${maintainer} - ${version}-1\n` +
    `- Version ${version}; CHANGELOG.md tells what changed.\n`;
}
