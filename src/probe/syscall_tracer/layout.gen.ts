/**
 * The records of bpf/trace/syscall_events.h. Generated from BTF by packaging/gen_layout.ts: do not edit.
 * @module
 */
/** `enum aod_sys_size`. */
export const SYS_SIZE = {
  SYSCALLS: 512,
  BUCKETS: 40,
  TIMED: 256,
  TIMED_OF: 16,
} as const;

/** `enum aod_sys_reason`. */
export const SYS_REASON = {
  SLOW: 1,
  SAMPLED: 2,
  EARLY_START: 4,
} as const;

/** `enum aod_sys_kind`. */
export const SYS_KIND = {
  WAITS: 1,
  FORKS: 2,
} as const;

/** `enum aod_sys_counter`. */
export const SYS_COUNTER = {
  OWN: 0,
  COMPAT: 1,
  NO_START: 2,
  EMITTED: 3,
  DROP_RING_FULL: 4,
  NO_ROW: 5,
  COUNT: 6,
} as const;

/** Bytes of `struct aod_sys_event`. */
export const SYS_EVENT_BYTES = 56;
/** Byte offsets in `struct aod_sys_event`. */
export const SYS_EVENT_OFFSET = {
  start_ns: 0,
  latency_ns: 8,
  result: 16,
  nr: 24,
  tgid: 28,
  tid: 32,
  reason: 36,
  comm: 40,
} as const;
/** Bytes of `aod_sys_event.comm`. */
export const SYS_EVENT_COMM_BYTES = 16;

/** Bytes of `struct aod_sys_key`. */
export const SYS_KEY_BYTES = 24;
/** Byte offsets in `struct aod_sys_key`. */
export const SYS_KEY_OFFSET = { comm: 0, tgid: 16, nr: 20 } as const;
/** Bytes of `aod_sys_key.comm`. */
export const SYS_KEY_COMM_BYTES = 16;

/** Bytes of `struct aod_sys_cell`. */
export const SYS_CELL_BYTES = 192;
/** Byte offsets in `struct aod_sys_cell`. */
export const SYS_CELL_OFFSET = {
  counts: 0,
  sum_ns: 160,
  dirty: 168,
  untimed: 172,
  pad: 176,
} as const;
/** Bytes of `aod_sys_cell.counts`. */
export const SYS_CELL_COUNTS_BYTES = 160;
/** Bytes of `aod_sys_cell.pad`. */
export const SYS_CELL_PAD_BYTES = 16;

/** Bytes of `struct aod_sys_config`. */
export const SYS_CONFIG_BYTES = 544;
/** Byte offsets in `struct aod_sys_config`. */
export const SYS_CONFIG_OFFSET = {
  kind: 0,
  slow_ns: 512,
  sample_every: 520,
  own_tgid: 524,
  by_tgid: 528,
  generation: 532,
  time_all: 536,
  pad: 540,
} as const;
/** Bytes of `aod_sys_config.kind`. */
export const SYS_CONFIG_KIND_BYTES = 512;

/** The whole layout, for the comparison at load. */
export const SYS_LAYOUT = {
  structs: {
    aod_sys_event: {
      bytes: 56,
      fields: {
        start_ns: [0, 8],
        latency_ns: [8, 8],
        result: [16, 8],
        nr: [24, 4],
        tgid: [28, 4],
        tid: [32, 4],
        reason: [36, 4],
        comm: [40, 16],
      },
    },
    aod_sys_key: { bytes: 24, fields: { comm: [0, 16], tgid: [16, 4], nr: [20, 4] } },
    aod_sys_cell: {
      bytes: 192,
      fields: {
        counts: [0, 160],
        sum_ns: [160, 8],
        dirty: [168, 4],
        untimed: [172, 4],
        pad: [176, 16],
      },
    },
    aod_sys_config: {
      bytes: 544,
      fields: {
        kind: [0, 512],
        slow_ns: [512, 8],
        sample_every: [520, 4],
        own_tgid: [524, 4],
        by_tgid: [528, 4],
        generation: [532, 4],
        time_all: [536, 4],
        pad: [540, 4],
      },
    },
  },
  enums: {
    aod_sys_size: {
      AOD_SYS_SIZE_SYSCALLS: 512,
      AOD_SYS_SIZE_BUCKETS: 40,
      AOD_SYS_SIZE_TIMED: 256,
      AOD_SYS_SIZE_TIMED_OF: 16,
    },
    aod_sys_reason: { AOD_SYS_R_SLOW: 1, AOD_SYS_R_SAMPLED: 2, AOD_SYS_R_EARLY_START: 4 },
    aod_sys_kind: { AOD_SYS_KIND_WAITS: 1, AOD_SYS_KIND_FORKS: 2 },
    aod_sys_counter: {
      AOD_SYS_C_OWN: 0,
      AOD_SYS_C_COMPAT: 1,
      AOD_SYS_C_NO_START: 2,
      AOD_SYS_C_EMITTED: 3,
      AOD_SYS_C_DROP_RING_FULL: 4,
      AOD_SYS_C_NO_ROW: 5,
      AOD_SYS_C_COUNT: 6,
    },
  },
} as const;
