/**
 * One decoded request of the SMB probe.
 * @module
 */

/** One request of the SMB ring, decoded in full. Field meanings and units: `bpf/events.h`. */
export interface SmbRequest {
  type: number;
  command: number;
  flags: number;
  end_ns: bigint;
  latency_ns: bigint;
  session_id: bigint;
  message_id: bigint;
  connection_id: bigint;
  cgroup_id: bigint;
  /** Unique while the probe is loaded, from 1: the same in an in-flight report and in its later end. */
  request_id: bigint;
  tree_id: number;
  status: number;
  error: number;
  bytes: number;
  queue_us: number;
  wire_us: number;
  wake_us: number;
  pid: number;
  tid: number;
  uid: number;
  comm: string;
  /** File name, where it was had. */
  name?: string;
}
