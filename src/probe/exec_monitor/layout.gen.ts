/**
 * The records of bpf/trace/exec_events.h. Generated from BTF by packaging/gen_layout.ts: do not edit.
 * @module
 */
/** `enum aod_exec_type`. */
export const EXEC_TYPE = {
  FORK: 1,
  EXEC: 2,
  EXIT: 3,
} as const;

/** `enum aod_exec_flag`. */
export const EXEC_FLAG = {
  NAME_CUT: 1,
  ARGV_CUT: 2,
} as const;

/** `enum aod_exec_counter`. */
export const EXEC_COUNTER = {
  SEEN: 0,
  EMITTED: 1,
  OWN: 2,
  DROP_RING_FULL: 3,
  DROP_SCRATCH: 4,
  COUNT: 5,
} as const;

/** Bytes of `struct aod_exec_event`. */
export const EXEC_EVENT_BYTES = 64;
/** Byte offsets in `struct aod_exec_event`. */
export const EXEC_EVENT_OFFSET = {
  time_ns: 0,
  lifetime_ns: 8,
  type: 16,
  tgid: 20,
  parent_tgid: 24,
  child_tgid: 28,
  uid: 32,
  exit_code: 36,
  comm: 40,
  flags: 56,
  name_bytes: 58,
  argv_bytes: 60,
  pad: 62,
} as const;
/** Bytes of `aod_exec_event.comm`. */
export const EXEC_EVENT_COMM_BYTES = 16;

/** Bytes of `struct aod_exec_config`. */
export const EXEC_CONFIG_BYTES = 8;
/** Byte offsets in `struct aod_exec_config`. */
export const EXEC_CONFIG_OFFSET = { own_tgid: 0, pad: 4 } as const;

/** The whole layout, for the comparison at load. */
export const EXEC_LAYOUT = {
  structs: {
    aod_exec_event: {
      bytes: 64,
      fields: {
        time_ns: [0, 8],
        lifetime_ns: [8, 8],
        type: [16, 4],
        tgid: [20, 4],
        parent_tgid: [24, 4],
        child_tgid: [28, 4],
        uid: [32, 4],
        exit_code: [36, 4],
        comm: [40, 16],
        flags: [56, 2],
        name_bytes: [58, 2],
        argv_bytes: [60, 2],
        pad: [62, 2],
      },
    },
    aod_exec_config: { bytes: 8, fields: { own_tgid: [0, 4], pad: [4, 4] } },
  },
  enums: {
    aod_exec_type: { AOD_EXEC_FORK: 1, AOD_EXEC_EXEC: 2, AOD_EXEC_EXIT: 3 },
    aod_exec_flag: { AOD_EXEC_F_NAME_CUT: 1, AOD_EXEC_F_ARGV_CUT: 2 },
    aod_exec_counter: {
      AOD_EXEC_C_SEEN: 0,
      AOD_EXEC_C_EMITTED: 1,
      AOD_EXEC_C_OWN: 2,
      AOD_EXEC_C_DROP_RING_FULL: 3,
      AOD_EXEC_C_DROP_SCRATCH: 4,
      AOD_EXEC_C_COUNT: 5,
    },
  },
} as const;
