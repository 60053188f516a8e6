/**
 * What the detectors ask for names: injected, so that they stay pure.
 * @module
 */

/** Turns the numbers of a record into the words a reader knows. "" where a name is not known. */
export interface Names {
  /** MS-SMB2 command, e.g. SMB2_READ. */
  command(code: number): string;
  /** NTSTATUS, e.g. STATUS_ACCESS_DENIED. */
  status(value: number): string;
  /** Positive errno, e.g. EACCES. */
  errno(value: number): string;
  /** Host of a connection. */
  server(connectionId: bigint): string;
  /** UNC of a tree connect. */
  share(sessionId: bigint, treeId: number): string;
}
