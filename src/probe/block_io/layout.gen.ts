/**
 * The records of bpf/trace/block_events.h. Generated from BTF by packaging/gen_layout.ts: do not edit.
 * @module
 */
/** `enum aod_block_size`. */
export const BLOCK_SIZE = {
  DEVICES: 128,
  BUCKETS: 40,
  SIZES: 28,
} as const;

/** `enum aod_block_op`. */
export const BLOCK_OP = {
  READ: 0,
  WRITE: 1,
  FLUSH: 2,
  DISCARD: 3,
  OTHER: 4,
  COUNT: 5,
} as const;

/** `enum aod_block_reason`. */
export const BLOCK_REASON = {
  SLOW: 1,
  SAMPLED: 2,
  FAILED: 4,
} as const;

/** `enum aod_block_counter`. */
export const BLOCK_COUNTER = {
  ISSUED: 0,
  OWN: 1,
  EMITTED: 2,
  DROP_RING_FULL: 3,
  NO_SLOT: 4,
  ABANDONED: 5,
  NO_START: 6,
  COUNT: 7,
} as const;

/** Bytes of `struct aod_block_event`. */
export const BLOCK_EVENT_BYTES = 64;
/** Byte offsets in `struct aod_block_event`. */
export const BLOCK_EVENT_OFFSET = {
  start_ns: 0,
  latency_ns: 8,
  sector: 16,
  device: 24,
  bytes: 28,
  tgid: 32,
  tid: 36,
  op: 40,
  reason: 41,
  pad: 42,
  status: 44,
  comm: 48,
} as const;
/** Bytes of `aod_block_event.comm`. */
export const BLOCK_EVENT_COMM_BYTES = 16;

/** Bytes of `struct aod_block_cell`. */
export const BLOCK_CELL_BYTES = 320;
/** Byte offsets in `struct aod_block_cell`. */
export const BLOCK_CELL_OFFSET = {
  counts: 0,
  sizes: 160,
  sum_ns: 272,
  sum_bytes: 280,
  dirty: 288,
  failed: 292,
  pad: 296,
} as const;
/** Bytes of `aod_block_cell.counts`. */
export const BLOCK_CELL_COUNTS_BYTES = 160;
/** Bytes of `aod_block_cell.sizes`. */
export const BLOCK_CELL_SIZES_BYTES = 112;
/** Bytes of `aod_block_cell.pad`. */
export const BLOCK_CELL_PAD_BYTES = 24;

/** Bytes of `struct aod_block_device`. */
export const BLOCK_DEVICE_BYTES = 8;
/** Byte offsets in `struct aod_block_device`. */
export const BLOCK_DEVICE_OFFSET = { number: 0 } as const;

/** Bytes of `struct aod_block_config`. */
export const BLOCK_CONFIG_BYTES = 16;
/** Byte offsets in `struct aod_block_config`. */
export const BLOCK_CONFIG_OFFSET = { slow_ns: 0, sample_every: 8, own_tgid: 12 } as const;

/** The whole layout, for the comparison at load. */
export const BLOCK_LAYOUT = {
  structs: {
    aod_block_event: {
      bytes: 64,
      fields: {
        start_ns: [0, 8],
        latency_ns: [8, 8],
        sector: [16, 8],
        device: [24, 4],
        bytes: [28, 4],
        tgid: [32, 4],
        tid: [36, 4],
        op: [40, 1],
        reason: [41, 1],
        pad: [42, 2],
        status: [44, 4],
        comm: [48, 16],
      },
    },
    aod_block_cell: {
      bytes: 320,
      fields: {
        counts: [0, 160],
        sizes: [160, 112],
        sum_ns: [272, 8],
        sum_bytes: [280, 8],
        dirty: [288, 4],
        failed: [292, 4],
        pad: [296, 24],
      },
    },
    aod_block_device: { bytes: 8, fields: { number: [0, 8] } },
    aod_block_config: {
      bytes: 16,
      fields: { slow_ns: [0, 8], sample_every: [8, 4], own_tgid: [12, 4] },
    },
  },
  enums: {
    aod_block_size: {
      AOD_BLOCK_SIZE_DEVICES: 128,
      AOD_BLOCK_SIZE_BUCKETS: 40,
      AOD_BLOCK_SIZE_SIZES: 28,
    },
    aod_block_op: {
      AOD_BLOCK_OP_READ: 0,
      AOD_BLOCK_OP_WRITE: 1,
      AOD_BLOCK_OP_FLUSH: 2,
      AOD_BLOCK_OP_DISCARD: 3,
      AOD_BLOCK_OP_OTHER: 4,
      AOD_BLOCK_OP_COUNT: 5,
    },
    aod_block_reason: { AOD_BLOCK_R_SLOW: 1, AOD_BLOCK_R_SAMPLED: 2, AOD_BLOCK_R_FAILED: 4 },
    aod_block_counter: {
      AOD_BLOCK_C_ISSUED: 0,
      AOD_BLOCK_C_OWN: 1,
      AOD_BLOCK_C_EMITTED: 2,
      AOD_BLOCK_C_DROP_RING_FULL: 3,
      AOD_BLOCK_C_NO_SLOT: 4,
      AOD_BLOCK_C_ABANDONED: 5,
      AOD_BLOCK_C_NO_START: 6,
      AOD_BLOCK_C_COUNT: 7,
    },
  },
} as const;
