/**
 * One decoded request of the SMB probe.
 * @module
 */

/** One request of the SMB ring, decoded in full. Field meanings and units: `bpf/events.h`. */
export interface SmbRequest {
  /** enum aod_smb_type, `SMB_TYPE` of layout.gen.ts. */
  type: number;
  /** MS-SMB2 2.2.1.2 Command. */
  command: number;
  /** enum aod_smb_flag, `SMB_FLAG` of layout.gen.ts. */
  flags: number;
  /** CLOCK_MONOTONIC at the end, or of the report or event. */
  end_ns: bigint;
  /** From start to end, or the age of one in flight. */
  latency_ns: bigint;
  /** 0 before there is a session. */
  session_id: bigint;
  /** Not unique: it restarts with each connection. */
  message_id: bigint;
  /** 0 where it is not known. */
  connection_id: bigint;
  /** Of the issuer. */
  cgroup_id: bigint;
  /** Unique while the probe is loaded, from 1: the same in an in-flight report and in its later end. */
  request_id: bigint;
  /** Valid with TREE_VALID. */
  tree_id: number;
  /** NTSTATUS, valid with STATUS_VALID. */
  status: number;
  /** Negative errno that the client derived, 0 for none. */
  error: number;
  /** Of a READ or WRITE, valid with BYTES_VALID; for CREDIT: credits available. */
  bytes: number;
  /** From the allocation to sending; valid with SPLIT_VALID. */
  queue_us: number;
  /** From sending to receiving; valid with SPLIT_VALID. */
  wire_us: number;
  /** From receiving to the release; valid with SPLIT_VALID. */
  wake_us: number;
  /** Thread group of the issuer. */
  pid: number;
  /** Thread of the issuer. */
  tid: number;
  /** User of the issuer. */
  uid: number;
  /** Command name of the issuer. */
  comm: string;
  /** File name, where it was had. */
  name?: string;
}
