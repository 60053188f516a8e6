/**
 * The embedded configuration for an agent of the lab: with an output directory of its own, and a port
 * of the API that nobody has.
 * @module
 */
import { parseDocument } from "yaml";
import { assetText } from "../../os/assets.ts";

/** The text of the configuration; everything but the output directory and the port is the default's. */
export function labConfig(output_dir: string, text: string = assetText("aod.yaml")): string {
  const document = parseDocument(text);
  document.setIn(["aod_output_dir"], output_dir);
  if (document.has("api")) document.setIn(["api", "port"], 0);
  return document.toString({ lineWidth: 0 });
}
