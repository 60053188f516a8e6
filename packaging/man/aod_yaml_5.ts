/**
 * The manual page aod.yaml(5), made of the configuration's schema.
 * @module
 */
import { builtinActions } from "../../src/config/actions.ts";
import { anomalyKinds } from "../../src/config/anomaly_kinds.ts";
import { configReference, type ReferenceRow } from "../../src/config/reference.ts";
import "../../src/evidence/configuration.ts";
import { example, heading, paragraph, prose, term, title } from "./roff.ts";

const DESCRIPTION = `One YAML file (JSON is accepted too) tells aod(1) what to watch for, what to \
collect and where to put it. The service reads /etc/aod.yaml. Without a file aod uses the default in \
the binary, which aod config default prints.

aod check --config FILE says all that is wrong with a file, one line a fault, with its line, column \
and what is allowed. A file with a fault starts nothing; at a reload the old configuration stays.

Limits: 256 KiB of UTF-8, one document, no tags, no repeated keys, at most 32 levels, 100 aliases and \
50,000 values.`;

const KEYS =
  `In guardian.anomalies.NAME and the like <name> is a name of your own, [] an entry of a \
list. A change is applied by aod reload or systemctl reload aod, except where it says "restart".`;

function row(key: ReferenceRow): string {
  const type = [key.type, key.unit === "" ? "" : `in ${key.unit}`].filter((x) => x !== "").join(
    " ",
  );
  const facts = [
    type,
    key.range === "" ? "" : `allowed: ${key.range}`,
    key.default === "" ? "" : key.default === "required" ? "required" : `default ${key.default}`,
    key.apply === "restart" ? "takes a restart" : "",
  ].filter((fact) => fact !== "").join("; ");
  return term(key.key, key.description, `(${facts})`);
}

/**
 * The text of the page.
 * @param sample the configuration that is installed
 * @param date `2026-11-20`
 */
export function configPage(sample: string, version: string, date: string): string {
  const rows = configReference();
  const ofActions = (key: ReferenceRow) => key.key.startsWith("actions[]");
  const kinds = [...anomalyKinds().values()];
  return title("AOD.YAML", 5, date, `aod ${version}`) +
    heading("NAME") + "aod.yaml \\- configuration of aod\n" +
    heading("DESCRIPTION") + prose(DESCRIPTION) +
    heading("KINDS OF ANOMALIES") +
    paragraph("The key type of an anomaly, the tool that belongs to it, and what counts:") +
    kinds.map((kind) => term(`${kind.word}, ${kind.tool}`, kind.description)).join("") +
    heading("ACTIONS") +
    [...builtinActions()].map(([name, action]) => term(name, action.description)).join("") +
    heading("KEYS") + paragraph(KEYS) + rows.filter((key) => !ofActions(key)).map(row).join("") +
    heading("KEYS OF ACTIONS") + rows.filter(ofActions).map(row).join("") +
    heading("FILES") + term("/etc/aod.yaml", "Read by the service.") +
    heading("EXAMPLE") + paragraph("The file as it is installed:") + example(sample.trimEnd()) +
    heading("SEE ALSO") + "aod(1)\n";
}
