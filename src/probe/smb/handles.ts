/**
 * What of a loaded SMB probe can be used from any thread.
 * @module
 */

/** File descriptors of the loaded BPF object's maps and programs; they are valid in every thread. */
export interface ProbeHandles {
  /** The hooks in use. */
  mode: "fentry" | "raw_tp";
  /** Map name (as in bpf/smb.bpf.c) to descriptor. */
  maps: Record<string, number>;
  /** Bytes of the SMB ring (power of two). */
  ring_bytes: number;
  /** Slots of the flight recorder (power of two). */
  recorder_slots: number;
  /** Descriptor of the `smb_scan_in_flight` program (BPF_PROG_TYPE_SYSCALL); -1 where the kernel has none. */
  scan_program: number;
  /** CPUs the per-CPU maps are laid out for. */
  possible_cpus: number;
}
