/**
 * The type of a program or subcommand, in one place: `deno doc --lint` wants every type that an
 * exported function takes to be exported by the program itself.
 * @module
 */
export type { Command } from "commander";
