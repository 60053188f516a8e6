/**
 * CHANGELOG.md as packages and releases want it.
 * @module
 */
import assert from "node:assert/strict";
import {
  changelogSections,
  debianChangelog,
  releaseNotes,
  rpmChangelog,
} from "../../../packaging/changelog.ts";

const TEXT = `# Changelog

## [Unreleased]

### Added

- One

## [1.2.0]

- Two

## [1.1.0] - 2026-01-01

- Three
`;

Deno.test("sections; the notes of a release are its own and what came after it", () => {
  const sections = changelogSections(TEXT);
  assert.deepEqual(sections.map(({ name }) => name), ["Unreleased", "1.2.0", "1.1.0"]);
  assert.equal(releaseNotes(sections, "1.2.0"), "# aod 1.2.0\n\n### Added\n\n- One\n\n- Two\n");
  assert.throws(() => releaseNotes(sections, "9.9.9"), /Cannot write notes: because .*\[9\.9\.9\]/);
});

Deno.test("the changelog of this checkout has a section of its version", () => {
  const { version } = JSON.parse(
    Deno.readTextFileSync(new URL("../../../deno.json", import.meta.url)),
  );
  assert.match(releaseNotes(changelogSections(), version), new RegExp(`^# aod ${version}\n`));
});

Deno.test("dates as dpkg and rpm want them", () => {
  assert.match(
    debianChangelog("1.2.0", "A <a@b.c>", 1_700_000_000),
    /^aod \(1\.2\.0\) stable; urgency=medium\n[\s\S]*\n -- A <a@b\.c> {2}Tue, 14 Nov 2023 22:13:20 \+0000\n$/,
  );
  assert.match(
    rpmChangelog("1.2.0", "A <a@b.c>", 1_700_000_000),
    /^\* Tue Nov 14 2023 A <a@b\.c> - 1\.2\.0-1\n- /,
  );
});
