/**
 * Prints this process's own pid and the thread groups that the probe leaves out, as JSON.
 * @module
 */
import { mapEntries } from "../../src/bpf/map.ts";
import { SmbPrograms } from "./smb_programs.ts";

using programs = new SmbPrograms({ leave_out_self: true });
const left_out = [...mapEntries(programs.mapFd("smb_excluded"), 4, 1)]
  .map(([key]) => new DataView(key.buffer, key.byteOffset).getUint32(0, true));
console.log(JSON.stringify({ own: Deno.pid, left_out }));
