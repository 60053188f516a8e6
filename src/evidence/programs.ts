/**
 * Which programs the quick actions run, where they are looked for and which package brings them.
 * @module
 */
import { accessSync, constants, statSync } from "node:fs";

/** The only directories programs are taken from; the agent's own PATH is not trusted. */
export const PROGRAM_DIRS: readonly string[] = [
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
];

/** Environment of every child: nothing of the agent's own gets through. */
export const CHILD_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: PROGRAM_DIRS.join(":"),
  LC_ALL: "C",
  HOME: "/",
};

/** Program to package, as Debian, Fedora and SUSE call it. */
const PACKAGES: Readonly<Record<string, string>> = {
  journalctl: "systemd",
  dmesg: "util-linux",
  smbinfo: "cifs-utils",
  tcpdump: "tcpdump",
  lsof: "lsof",
  ss: "iproute2 (iproute on Fedora)",
  tail: "coreutils",
  cat: "coreutils",
};

/** The absolute path of a program, or null where it is not installed or not executable. */
export function findProgram(name: string): string | null {
  const candidates = name.includes("/") ? [name] : PROGRAM_DIRS.map((dir) => `${dir}/${name}`);
  for (const path of candidates) {
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not here: the next directory may have it.
    }
  }
  return null;
}

/** One sentence on a missing program: what it is and how to get it. */
export function missingProgram(name: string): string {
  const known = PACKAGES[name];
  const remedy = known === undefined ? "install it" : `install the package ${known}`;
  return `Cannot run ${name}: because it is not installed in ${
    PROGRAM_DIRS.join(":")
  }; ${remedy}, or leave the action out`;
}
