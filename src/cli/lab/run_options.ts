/**
 * What the command line of `aod lab run` says.
 * @module
 */

/** What `aod lab run` is asked for. */
export interface LabRunOptions {
  /** The command as one text. */
  workload?: string;
  /** The command is for a shell. */
  shell?: boolean;
  /** Pairs of rounds. */
  rounds: number;
  /** Rounds that are not counted. */
  warmUp: number;
  /** Between two samples, in seconds. */
  interval: number;
  /** Before each round, in seconds. */
  settle: number;
  /** Of a round, in seconds. */
  timeout: number;
  /** Of the order; drawn where none is given. */
  seed?: number;
  /** Of the agent. */
  config?: string;
  /** The run's directory. */
  output?: string;
}
