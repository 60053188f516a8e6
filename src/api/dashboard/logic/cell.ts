/**
 * The text of a value whose meaning only its name tells.
 * @module
 */
import { unitOf } from "./metric_unit.ts";
import { formatValue, NOTHING } from "./units.ts";

/** Numbers that are names: they are not to be shortened. */
const IS_NAME = /(?:^|_)(?:id|pid|ppid|tid|nr|port|mid|dialect|version)$/;

/** One value, as `server_ip` or `read_bytes` says what it is. */
export function cellText(name: string, value: unknown): string {
  if (value === null || value === undefined || value === "") return NOTHING;
  if (typeof value === "number") {
    return IS_NAME.test(name) ? String(value) : formatValue(value, unitOf(name, ""));
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value : JSON.stringify(value);
}
