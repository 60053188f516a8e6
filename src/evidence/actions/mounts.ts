/**
 * The SMB mounts with their options.
 * @module
 */
import { readFileSync } from "node:fs";
import type { Action } from "./action.ts";

/** Lines of /proc/self/mounts that are SMB mounts. */
export function smbLines(text: string): string {
  return text.split("\n").filter((line) => /^\S+ \S+ (?:cifs|smb3) /.test(line)).join("\n");
}

/** The action `mounts`. */
export const mounts: Action = {
  name: "mounts",
  description: "Mounts of type cifs and smb3 with their options.",
  timeout_sec: 5,
  max_output_kb: 1024,
  params: {},
  phase: "snapshot",
  programs: [],
  plan() {
    const lines = smbLines(readFileSync("/proc/self/mounts", "utf8"));
    return [{
      kind: "text",
      title: "/proc/self/mounts, types cifs and smb3",
      text: lines === "" ? "no SMB share is mounted\n" : `${lines}\n`,
    }];
  },
};
