/**
 * The file `copyright` of the Debian package: aod itself by fields, then NOTICE, which has the works
 * inside and their licences.
 * @module
 */
import { ROOT } from "../run.ts";

/** Lines as the continuation of a field: indented, blank ones as a dot. */
function continued(text: string): string {
  return text.trim().split("\n").map((line) => line.trim() === "" ? " ." : ` ${line}`).join("\n");
}

/** The text of the file. */
export function debianCopyright(): string {
  const licence = Deno.readTextFileSync(`${ROOT}LICENSE`);
  const [, holder] = licence.match(/^Copyright \(c\) (.+)$/m) ?? [];
  const mit = licence.slice(licence.indexOf("Permission is hereby granted"));
  const notice = Deno.readTextFileSync(`${ROOT}NOTICE`);
  return `Upstream-Name: aod
Comment:
${continued(notice)}
 .
 The GNU licences and the Mozilla Public License are in /usr/share/common-licenses: LGPL-3, GPL-3,
 LGPL-2.1, MPL-2.0.

Files: *
Copyright: ${holder}
License: MIT

License: MIT
${continued(mit)}
`;
}
