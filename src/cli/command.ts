/**
 * The type of a program or subcommand, in one place: `deno doc --lint` wants every type that an
 * exported function takes to be exported by the program itself.
 * @module
 */
import type * as commander from "commander";

/** A program or one of its subcommands, as commander has it. */
export type Command = commander.Command;
