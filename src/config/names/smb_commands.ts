/**
 * SMB2 commands by name and code.
 * @module
 */

/** MS-SMB2 2.2.1.2, Command: the code is the position. */
export const SMB_COMMAND_NAMES: readonly string[] = [
  "SMB2_NEGOTIATE",
  "SMB2_SESSION_SETUP",
  "SMB2_LOGOFF",
  "SMB2_TREE_CONNECT",
  "SMB2_TREE_DISCONNECT",
  "SMB2_CREATE",
  "SMB2_CLOSE",
  "SMB2_FLUSH",
  "SMB2_READ",
  "SMB2_WRITE",
  "SMB2_LOCK",
  "SMB2_IOCTL",
  "SMB2_CANCEL",
  "SMB2_ECHO",
  "SMB2_QUERY_DIRECTORY",
  "SMB2_CHANGE_NOTIFY",
  "SMB2_QUERY_INFO",
  "SMB2_SET_INFO",
  "SMB2_OPLOCK_BREAK",
  "SMB2_SERVER_TO_CLIENT_NOTIFICATION",
];

/** Command name to code, as in `SMB_COMMANDS.SMB2_READ`. */
export const SMB_COMMANDS: Readonly<Record<string, number>> = Object.freeze(
  Object.fromEntries(SMB_COMMAND_NAMES.map((name, code) => [name, code])),
);

/**
 * Commands whose answer the server may hold back for as long as it likes: waiting says nothing
 * about its health. Every CHANGE_NOTIFY does; a LOCK only when it may block, which the kernel side
 * tells by the flag AOD_SMB_F_WAITS_BY_DESIGN of `bpf/events.h`.
 */
export const WAITING_COMMANDS: readonly number[] = [
  SMB_COMMANDS.SMB2_LOCK,
  SMB_COMMANDS.SMB2_CHANGE_NOTIFY,
];

/** Name of a command code; `SMB2_0x14` and so on for one that MS-SMB2 does not define. */
export function smbCommandName(code: number): string {
  return SMB_COMMAND_NAMES[code] ?? `SMB2_0x${code.toString(16).padStart(2, "0")}`;
}

/** Code of a command name in any case, with or without `SMB2_`; undefined for no such command. */
export function smbCommandByName(name: string): number | undefined {
  const upper = name.toUpperCase();
  const code = SMB_COMMAND_NAMES.indexOf(upper.startsWith("SMB2_") ? upper : `SMB2_${upper}`);
  return code < 0 ? undefined : code;
}
