/**
 * What of a loaded tracer can be used from any thread; it is cloned into messages.
 * @module
 */

/** Descriptors and sizes; descriptors are valid in every thread until the probe is closed. */
export interface TracerHandles {
  /** Map name to descriptor. */
  maps: Record<string, number>;
  /** Program name to descriptor, for its run time (src/bpf/program_stats.ts). */
  programs: Record<string, number>;
  /** Bytes of the ring (power of two). */
  ring_bytes: number;
  /** CPUs the per-CPU maps are laid out for. */
  possible_cpus: number;
}

/** A loaded and attached tracer. */
export interface TracerProbe<Handles extends TracerHandles = TracerHandles> {
  /** What the reader needs. */
  handles: Handles;
  /** Bytes of its BPF object file. */
  object_bytes: number;
  /** Attaches again what `stop` has detached. @throws BpfObjectError */
  start(): void;
  /** Detaches: nothing is counted any more, and readers can take what is left. */
  stop(): void;
  /** Detaches and unloads; its readers are to be closed before. */
  close(): void;
}
