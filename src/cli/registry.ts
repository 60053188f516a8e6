/**
 * The one list of subcommands. A subcommand is one file that exports `register(program)` and one
 * line here; it is loaded only when it is called or when help is asked for.
 * @module
 */
import type { Command } from "./command.ts";

/** What a subcommand's file exports. */
export interface Subcommand {
  /** Adds the subcommand, its options, its help and its action. */
  register(program: Command): void;
}

/** Name on the command line to loader, in the order of `aod --help`. */
export const SUBCOMMANDS: Record<string, () => Promise<Subcommand>> = {
  bundle: () => import("./bundle.ts"),
  check: () => import("./check.ts"),
  config: () => import("./config.ts"),
  doctor: () => import("./doctor.ts"),
  lab: () => import("./lab.ts"),
  reload: () => import("./reload.ts"),
  run: () => import("./run.ts"),
  smbiosnoop: () => import("./smbiosnoop.ts"),
  smbslower: () => import("./smbslower.ts"),
  snapshot: () => import("./snapshot.ts"),
  status: () => import("./status.ts"),
  token: () => import("./token.ts"),
  top: () => import("./top.ts"),
  trace: () => import("./trace.ts"),
  version: () => import("./version.ts"),
};
