/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* trace/block_slot.h - maps of the block tracer, and the requests that are under way. */
#ifndef AOD_TRACE_BLOCK_SLOT_H
#define AOD_TRACE_BLOCK_SLOT_H

#define BLOCK_SETS 2048 /* 1 << (64 - 53) */
#define BLOCK_WAYS 4
#define BLOCK_DEVICE_WAYS 8
#define BLOCK_STALE_NS (600ull * 1000000000)

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct gendisk {
	int major;
	int first_minor;
};

struct request_queue {
	struct gendisk *disk; /* since Linux 5.15 or 5.17 */
};

struct request {
	struct request_queue *q;
	unsigned int cmd_flags;
	unsigned int __data_len;
	__u64 __sector;
};

/* Until Linux 5.16 */
struct request___old {
	struct gendisk *rq_disk;
};

#pragma clang attribute pop

/* include/linux/blk_types.h: enum req_op */
#define BLOCK_REQ_OP_MASK 0xff
#define BLOCK_REQ_OP_READ 0
#define BLOCK_REQ_OP_WRITE 1
#define BLOCK_REQ_OP_FLUSH 2
#define BLOCK_REQ_OP_DISCARD 3
#define BLOCK_REQ_OP_SECURE_ERASE 5

/* Set before the load, as is the size of block_cells. */
const volatile __u32 block_shard_mask = 0;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} block_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct aod_block_config);
} block_config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, AOD_BLOCK_C_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} block_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, AOD_BLOCK_DEVICES *AOD_BLOCK_OP_COUNT);
	__type(key, __u32);
	__type(value, struct aod_block_cell);
} block_cells SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, AOD_BLOCK_DEVICES);
	__type(key, __u32);
	__type(value, struct aod_block_device);
} block_devices SEC(".maps");

/* A request that is under way. */
struct block_request {
	__u64 start_ns; /* 0: at this moment */
	__u32 tgid;
	__u32 tid;
	__u32 own; /* issued by the agent or what it started */
	__u32 pad;
	__u64 comm[2];
};

/* Requests whose addresses have the same hash. The addresses are in one cache line. */
struct block_set {
	__u64 address[BLOCK_WAYS]; /* 0: nobody has the place */
	struct block_request request[BLOCK_WAYS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BLOCK_SETS);
	__type(key, __u32);
	__type(value, struct block_set);
} block_sets SEC(".maps");

/* How many requests until the next sample, on each CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} block_samples SEC(".maps");

struct block_task {
	__u32 flags; /* enum trace_task_flag */
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct block_task);
} block_tasks SEC(".maps");

/*
 * A number for a request: the low halves of two addresses, its own and its queue's. The verifier lets nobody
 * calculate with a pointer to a kernel struct, but takes half of one for a number.
 */
static __always_inline __u64 block_address(struct request *rq)
{
	__u32 low, high;

	asm volatile("%0 = %1" : "=w"(low) : "w"((__u32)(__u64)rq));
	asm volatile("%0 = %1" : "=w"(high) : "w"((__u32)(__u64)rq->q));
	return (__u64)high << 32 | low;
}

/* Where a request is while it is under way. */
static __always_inline struct block_set *block_set_of(__u64 address)
{
	/* Fibonacci hashing: the high bits of the product depend on all of the address. */
	__u32 at = (address * 0x9e3779b97f4a7c15ull) >> 53;

	return bpf_map_lookup_elem(&block_sets, &at);
}

/* Its place in the set; BLOCK_WAYS: it is not there. */
static __always_inline __u32 block_find(const struct block_set *set, __u64 address)
{
	for (__u32 i = 0; i < BLOCK_WAYS; i++)
		if (set->address[i] == address)
			return i;
	return BLOCK_WAYS;
}

/* A place for a request that begins; BLOCK_WAYS: there is none. */
static __always_inline __u32 block_take(struct block_set *set, __u64 address, __u64 now_ns)
{
	for (__u32 i = 0; i < BLOCK_WAYS; i++)
		if (!set->address[i] && !__sync_val_compare_and_swap(&set->address[i], 0, address))
			return i;
	/* Requests of a device that is gone never complete. */
	for (__u32 i = 0; i < BLOCK_WAYS; i++) {
		__u64 old = set->address[i], start_ns = set->request[i].start_ns;

		if (!start_ns || start_ns + BLOCK_STALE_NS >= now_ns)
			continue;
		if (__sync_val_compare_and_swap(&set->address[i], old, address) == old) {
			trace_count(&block_counters, AOD_BLOCK_C_ABANDONED);
			return i;
		}
	}
	return BLOCK_WAYS;
}

#endif /* AOD_TRACE_BLOCK_SLOT_H */
