/**
 * The form of the lab's CSV files, for those who write and those who read them: names of columns,
 * and what their numbers mean. Times are ISO 8601 in UTC with milliseconds; a cell without a value is
 * empty.
 * @module
 */

/** Names of columns. They are found by name in any case; their order in a file means nothing. */
export const COLUMN = {
  /** When it was sampled. */
  timestamp: "Timestamp",
  /** Processor time that was used since the sample before, of all processors, 0 to 100. */
  cpu: "CPU_Percent",
  /** Memory in use, 0 to 100. */
  memory: "Memory_Percent",
  /** Size of a directory with everything below it, in MB of 2^20 bytes. */
  disk: "Disk_Usage_MB",
  /**
   * Number of the round that a sample belongs to, where rounds with and without the agent alternate.
   * Where two files have the same rounds, these are compared in pairs.
   */
  round: "Round",
} as const;
