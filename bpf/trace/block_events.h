/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * trace/block_events.h - what bpf/block_io.bpf.c and user space share. Layout rules are those of events.h.
 *
 * A request is counted in a row when it completes: one for each device and operation. Device 0 is all
 * those beyond AOD_BLOCK_DEVICES. A row has one cell for each shard of CPUs:
 * cell `(shard * AOD_BLOCK_DEVICES + device) * AOD_BLOCK_OP_COUNT + operation` of block_cells.
 */
#ifndef AOD_TRACE_BLOCK_EVENTS_H
#define AOD_TRACE_BLOCK_EVENTS_H

#define AOD_BLOCK_DEVICES 128 /* a power of two */
#define AOD_BLOCK_BUCKETS 40 /* the last one: 2^39 ns (9 minutes) and more */
#define AOD_BLOCK_SIZES 28 /* the last one: 2^27 bytes and more */

enum aod_block_size {
	AOD_BLOCK_SIZE_DEVICES = AOD_BLOCK_DEVICES,
	AOD_BLOCK_SIZE_BUCKETS = AOD_BLOCK_BUCKETS,
	AOD_BLOCK_SIZE_SIZES = AOD_BLOCK_SIZES,
};

enum aod_block_op {
	AOD_BLOCK_OP_READ = 0,
	AOD_BLOCK_OP_WRITE = 1,
	AOD_BLOCK_OP_FLUSH = 2,
	AOD_BLOCK_OP_DISCARD = 3, /* secure erase too */
	AOD_BLOCK_OP_OTHER = 4, /* zones, commands of drivers */
	AOD_BLOCK_OP_COUNT = 5,
};

enum aod_block_reason {
	AOD_BLOCK_R_SLOW = 1 << 0,
	AOD_BLOCK_R_SAMPLED = 1 << 1,
	AOD_BLOCK_R_FAILED = 1 << 2,
};

/* A record of the ring block_ring. */
struct aod_block_event {
	__u64 start_ns; /* CLOCK_MONOTONIC of the issue to the driver */
	__u64 latency_ns; /* to its completion */
	__u64 sector; /* of 512 bytes */
	__u32 device; /* major << 20 | minor */
	__u32 bytes;
	__u32 tgid; /* who issued it: often, not always, who asked for it */
	__u32 tid;
	__u8 op; /* enum aod_block_op */
	__u8 reason; /* enum aod_block_reason */
	__u16 pad;
	__u32 status; /* blk_status_t, 0: done (before Linux 5.16: errno) */
	char comm[16];
};

/* User space takes the numbers out by exchanging them with 0 while the kernel adds; see aod_sys_cell. */
struct aod_block_cell {
	__u32 counts[AOD_BLOCK_BUCKETS]; /* by floor(log2(latency_ns)) */
	__u32 sizes[AOD_BLOCK_SIZES]; /* by floor(log2(bytes)) */
	__u64 sum_ns;
	__u64 sum_bytes;
	__u32 dirty;
	__u32 failed;
	__u32 pad[6]; /* five cache lines */
};

/* block_devices[device], mmapable: 0 where nobody has it. Never taken away. */
struct aod_block_device {
	__u64 number; /* 1 << 32 | major << 20 | minor */
};

/* block_config[0], mmapable: user space may change it at any time. */
struct aod_block_config {
	__u64 slow_ns; /* all ones: none is slow */
	__u32 sample_every; /* 0: none is sampled */
	__u32 own_tgid; /* left out together with its descendants; 0: nobody */
};

/*
 * block_counters: per-CPU array. issued = requests in rows + own_completed + no_slot + abandoned + those
 * under way. Of those in rows, EMITTED and DROP_RING_FULL are slow, failed or sampled.
 */
enum aod_block_counter {
	AOD_BLOCK_C_ISSUED = 0, /* again too */
	AOD_BLOCK_C_OWN = 1, /* completed, issued by the agent and its descendants */
	AOD_BLOCK_C_EMITTED = 2,
	AOD_BLOCK_C_DROP_RING_FULL = 3,
	AOD_BLOCK_C_NO_SLOT = 4, /* too many under way */
	AOD_BLOCK_C_ABANDONED = 5, /* issued once more, or not heard of for ten minutes */
	AOD_BLOCK_C_NO_START = 6, /* completed, but its issue was not seen: not among issued */
	AOD_BLOCK_C_COUNT = 7,
};

#ifdef __bpf__
/* Never read: describes everything above in the object's BTF. */
const volatile union {
	enum aod_block_size size;
	enum aod_block_op op;
	enum aod_block_reason reason;
	enum aod_block_counter counter;
	struct aod_block_event event;
	struct aod_block_cell cell;
	struct aod_block_device device;
	struct aod_block_config config;
} aod_block_layout_anchor = {};
#endif

#endif /* AOD_TRACE_BLOCK_EVENTS_H */
