/**
 * What of a loaded event log can be used from any thread.
 * @module
 */

/** File descriptors of the loaded object's maps; they are valid in every thread. */
export interface LogHandles {
  /** Map name (as in bpf/log/) to descriptor. */
  maps: Record<string, number>;
  /** Bytes of the ring `log_events` (power of two). */
  ring_bytes: number;
  /** CPUs the per-CPU maps are laid out for. */
  possible_cpus: number;
}
