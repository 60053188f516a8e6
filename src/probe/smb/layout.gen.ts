/**
 * The records of bpf/events.h. Generated from BTF by packaging/gen_layout.ts: do not edit.
 * @module
 */
/** `enum aod_smb_type`. */
export const SMB_TYPE = {
  REQUEST: 1,
  RECONNECT: 2,
  CREDIT: 3,
  OP_ERROR: 4,
  CONNECT_ERROR: 5,
} as const;

/** `enum aod_smb_flag`. */
export const SMB_FLAG = {
  COMPOUNDED: 1,
  TREE_VALID: 2,
  STATUS_VALID: 4,
  SPLIT_VALID: 8,
  BYTES_VALID: 16,
  HAS_NAME: 32,
  NAME_CUT: 64,
  IN_FLIGHT: 128,
  WAS_REPORTED: 256,
  SLOW: 512,
  FAILED: 1024,
  EMERGENCY: 2048,
  DROPPED: 4096,
  RAW_MODE: 8192,
  INTERIM: 16384,
  WAITS_BY_DESIGN: 32768,
} as const;

/** `enum aod_smb_error_mode`. */
export const SMB_ERROR_MODE = {
  NONE: 0,
  LISTED: 1,
  ALL: 2,
} as const;

/** `enum aod_smb_code_kind`. */
export const SMB_CODE_KIND = {
  NTSTATUS: 1,
  ERRNO: 2,
} as const;

/** `enum aod_smb_code_rule`. */
export const SMB_CODE_RULE = {
  TRACK: 1,
  EXCLUDE: 2,
  BENIGN: 3,
} as const;

/** `enum aod_smb_counter`. */
export const SMB_COUNTER = {
  SEEN: 0,
  EMITTED: 1,
  FILTERED: 2,
  DROP_RING_FULL: 3,
  NO_START: 4,
  INFLIGHT_FULL: 5,
  NAME_CUT: 6,
  NAME_MISS: 7,
  RECORDED: 8,
  DUPLICATE: 9,
  STALE: 10,
  MAX: 11,
} as const;

/** Bytes of `struct aod_smb_request`. */
export const SMB_REQUEST_BYTES = 120;
/** Byte offsets in `struct aod_smb_request`. */
export const SMB_REQUEST_OFFSET = {
  type: 0,
  command: 2,
  flags: 4,
  end_ns: 8,
  latency_ns: 16,
  session_id: 24,
  message_id: 32,
  connection_id: 40,
  cgroup_id: 48,
  request_id: 56,
  tree_id: 64,
  status: 68,
  error: 72,
  bytes: 76,
  queue_us: 80,
  wire_us: 84,
  wake_us: 88,
  pid: 92,
  tid: 96,
  uid: 100,
  comm: 104,
} as const;
/** Bytes of `aod_smb_request.comm`. */
export const SMB_REQUEST_COMM_BYTES = 16;

/** Bytes of `struct aod_smb_named`. */
export const SMB_NAMED_BYTES = 248;
/** Byte offsets in `struct aod_smb_named`. */
export const SMB_NAMED_OFFSET = { request: 0, name: 120 } as const;
/** Bytes of `aod_smb_named.name`. */
export const SMB_NAMED_NAME_BYTES = 128;

/** Bytes of `struct aod_smb_slot`. */
export const SMB_SLOT_BYTES = 256;
/** Byte offsets in `struct aod_smb_slot`. */
export const SMB_SLOT_OFFSET = { sequence: 0, record: 8 } as const;

/** Bytes of `struct aod_smb_server`. */
export const SMB_SERVER_BYTES = 64;
/** Byte offsets in `struct aod_smb_server`. */
export const SMB_SERVER_OFFSET = { host: 0 } as const;
/** Bytes of `aod_smb_server.host`. */
export const SMB_SERVER_HOST_BYTES = 64;

/** Bytes of `struct aod_smb_tree_key`. */
export const SMB_TREE_KEY_BYTES = 16;
/** Byte offsets in `struct aod_smb_tree_key`. */
export const SMB_TREE_KEY_OFFSET = { session_id: 0, tree_id: 8, pad: 12 } as const;

/** Bytes of `struct aod_smb_tree`. */
export const SMB_TREE_BYTES = 128;
/** Byte offsets in `struct aod_smb_tree`. */
export const SMB_TREE_OFFSET = { unc: 0 } as const;
/** Bytes of `aod_smb_tree.unc`. */
export const SMB_TREE_UNC_BYTES = 128;

/** Bytes of `struct aod_smb_rules`. */
export const SMB_RULES_BYTES = 528;
/** Byte offsets in `struct aod_smb_rules`. */
export const SMB_RULES_OFFSET = {
  threshold_ns: 0,
  emergency_ns: 256,
  error_mode: 512,
  events: 516,
  waits_tracked: 520,
  pad: 524,
} as const;
/** Bytes of `aod_smb_rules.threshold_ns`. */
export const SMB_RULES_THRESHOLD_NS_BYTES = 256;
/** Bytes of `aod_smb_rules.emergency_ns`. */
export const SMB_RULES_EMERGENCY_NS_BYTES = 256;

/** Bytes of `struct aod_smb_code`. */
export const SMB_CODE_BYTES = 8;
/** Byte offsets in `struct aod_smb_code`. */
export const SMB_CODE_OFFSET = { kind: 0, value: 4 } as const;

/** Bytes of `struct aod_smb_control`. */
export const SMB_CONTROL_BYTES = 32;
/** Byte offsets in `struct aod_smb_control`. */
export const SMB_CONTROL_OFFSET = {
  reader_waiting: 0,
  request_wake: 4,
  recorder_next: 8,
  started: 16,
  ended: 24,
} as const;

/** The whole layout, for the comparison at load. */
export const SMB_LAYOUT = {
  structs: {
    aod_smb_request: {
      bytes: 120,
      fields: {
        type: [0, 2],
        command: [2, 2],
        flags: [4, 4],
        end_ns: [8, 8],
        latency_ns: [16, 8],
        session_id: [24, 8],
        message_id: [32, 8],
        connection_id: [40, 8],
        cgroup_id: [48, 8],
        request_id: [56, 8],
        tree_id: [64, 4],
        status: [68, 4],
        error: [72, 4],
        bytes: [76, 4],
        queue_us: [80, 4],
        wire_us: [84, 4],
        wake_us: [88, 4],
        pid: [92, 4],
        tid: [96, 4],
        uid: [100, 4],
        comm: [104, 16],
      },
    },
    aod_smb_named: { bytes: 248, fields: { request: [0, 120], name: [120, 128] } },
    aod_smb_slot: { bytes: 256, fields: { sequence: [0, 8], record: [8, 248] } },
    aod_smb_server: { bytes: 64, fields: { host: [0, 64] } },
    aod_smb_tree_key: { bytes: 16, fields: { session_id: [0, 8], tree_id: [8, 4], pad: [12, 4] } },
    aod_smb_tree: { bytes: 128, fields: { unc: [0, 128] } },
    aod_smb_rules: {
      bytes: 528,
      fields: {
        threshold_ns: [0, 256],
        emergency_ns: [256, 256],
        error_mode: [512, 4],
        events: [516, 4],
        waits_tracked: [520, 4],
        pad: [524, 4],
      },
    },
    aod_smb_code: { bytes: 8, fields: { kind: [0, 4], value: [4, 4] } },
    aod_smb_control: {
      bytes: 32,
      fields: {
        reader_waiting: [0, 4],
        request_wake: [4, 4],
        recorder_next: [8, 8],
        started: [16, 8],
        ended: [24, 8],
      },
    },
  },
  enums: {
    aod_smb_type: {
      AOD_SMB_REQUEST: 1,
      AOD_SMB_RECONNECT: 2,
      AOD_SMB_CREDIT: 3,
      AOD_SMB_OP_ERROR: 4,
      AOD_SMB_CONNECT_ERROR: 5,
    },
    aod_smb_flag: {
      AOD_SMB_F_COMPOUNDED: 1,
      AOD_SMB_F_TREE_VALID: 2,
      AOD_SMB_F_STATUS_VALID: 4,
      AOD_SMB_F_SPLIT_VALID: 8,
      AOD_SMB_F_BYTES_VALID: 16,
      AOD_SMB_F_HAS_NAME: 32,
      AOD_SMB_F_NAME_CUT: 64,
      AOD_SMB_F_IN_FLIGHT: 128,
      AOD_SMB_F_WAS_REPORTED: 256,
      AOD_SMB_F_SLOW: 512,
      AOD_SMB_F_FAILED: 1024,
      AOD_SMB_F_EMERGENCY: 2048,
      AOD_SMB_F_DROPPED: 4096,
      AOD_SMB_F_RAW_MODE: 8192,
      AOD_SMB_F_INTERIM: 16384,
      AOD_SMB_F_WAITS_BY_DESIGN: 32768,
    },
    aod_smb_error_mode: { AOD_SMB_ERRORS_NONE: 0, AOD_SMB_ERRORS_LISTED: 1, AOD_SMB_ERRORS_ALL: 2 },
    aod_smb_code_kind: { AOD_SMB_CODE_NTSTATUS: 1, AOD_SMB_CODE_ERRNO: 2 },
    aod_smb_code_rule: { AOD_SMB_CODE_TRACK: 1, AOD_SMB_CODE_EXCLUDE: 2, AOD_SMB_CODE_BENIGN: 3 },
    aod_smb_counter: {
      AOD_SMB_C_SEEN: 0,
      AOD_SMB_C_EMITTED: 1,
      AOD_SMB_C_FILTERED: 2,
      AOD_SMB_C_DROP_RING_FULL: 3,
      AOD_SMB_C_NO_START: 4,
      AOD_SMB_C_INFLIGHT_FULL: 5,
      AOD_SMB_C_NAME_CUT: 6,
      AOD_SMB_C_NAME_MISS: 7,
      AOD_SMB_C_RECORDED: 8,
      AOD_SMB_C_DUPLICATE: 9,
      AOD_SMB_C_STALE: 10,
      AOD_SMB_C_MAX: 11,
    },
  },
} as const;
