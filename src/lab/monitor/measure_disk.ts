/**
 * `aod lab disk-monitor`: how much of the disk a directory takes.
 * @module
 */
import { COLUMN } from "../csv/format.ts";
import { diskUsage, measurable } from "./disk_usage.ts";
import type { Measurement } from "./session.ts";

const MB = 2 ** 20;

/**
 * Begins to measure a directory, which may come into being later.
 * @throws {Error} when it cannot be measured
 */
export function measureDisk(dir: string): Measurement {
  measurable(dir);
  let toldMissing = false;
  let toldIncomplete = false;
  return {
    columns: [COLUMN.disk, "Apparent_MB", "Files"],
    at_once: true,
    measure: async (say) => {
      const { disk_bytes, apparent_bytes, entries, exists, complete } = await diskUsage(dir);
      if (!exists && !toldMissing) {
        toldMissing = true;
        say(`${dir} is not there: 0 MB until it is`);
      }
      if (!complete && !toldIncomplete) {
        toldIncomplete = true;
        say(`${dir} has more than is counted: it is too large, or a part cannot be read`);
      }
      const disk_mb = disk_bytes / MB;
      return {
        cells: [disk_mb, apparent_bytes / MB, entries],
        text: `${disk_mb.toFixed(2)} MB in ${entries} files and directories`,
      };
    },
  };
}
