/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* trace/block_slot.h - maps of the block tracer, and the requests that are under way. */
#ifndef AOD_TRACE_BLOCK_SLOT_H
#define AOD_TRACE_BLOCK_SLOT_H

#define BLOCK_WAYS 4 /* slots that a request may have */
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

struct block_slot {
	__u64 request; /* its address; 0: the slot is free */
	__u64 start_ns;
	__u32 tgid;
	__u32 tid;
	__u32 own; /* issued by the agent or what it started */
	__u32 pad;
	__u64 comm[2];
	__u64 pad2[2]; /* a cache line */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, AOD_BLOCK_SLOTS);
	__type(key, __u32);
	__type(value, struct block_slot);
} block_slots SEC(".maps");

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

/* The address as a number: the verifier lets nobody calculate with a pointer to a kernel struct. */
static __always_inline __u64 block_address(const struct request *rq)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), &rq);
	return address;
}

/* The first slot that a request may have; its neighbours are the others. */
static __always_inline __u32 block_first_slot(__u64 request)
{
	/* Fibonacci hashing: the high bits of the product depend on all of the address. */
	return (request * 0x9e3779b97f4a7c15ull) >> 40;
}

/* The slot of a request that is under way. */
static __always_inline struct block_slot *block_find(__u64 request)
{
	__u32 first = block_first_slot(request);

	for (__u32 i = 0; i < BLOCK_WAYS; i++) {
		__u32 at = (first + i) & (AOD_BLOCK_SLOTS - 1);
		struct block_slot *slot = bpf_map_lookup_elem(&block_slots, &at);

		if (slot && slot->request == request)
			return slot;
	}
	return 0;
}

/* A slot for a request that begins. */
static __always_inline struct block_slot *block_take(__u64 request, __u64 now_ns)
{
	__u32 first = block_first_slot(request);

	for (__u32 i = 0; i < BLOCK_WAYS; i++) {
		__u32 at = (first + i) & (AOD_BLOCK_SLOTS - 1);
		struct block_slot *slot = bpf_map_lookup_elem(&block_slots, &at);

		if (slot && !__sync_val_compare_and_swap(&slot->request, 0, request))
			return slot;
	}
	/* Requests of a device that is gone never complete. */
	for (__u32 i = 0; i < BLOCK_WAYS; i++) {
		__u32 at = (first + i) & (AOD_BLOCK_SLOTS - 1);
		struct block_slot *slot = bpf_map_lookup_elem(&block_slots, &at);
		__u64 old, start_ns;

		if (!slot)
			continue;
		old = slot->request;
		start_ns = slot->start_ns;
		/* 0: taken at this moment. */
		if (!start_ns || start_ns + BLOCK_STALE_NS >= now_ns)
			continue;
		if (__sync_val_compare_and_swap(&slot->request, old, request) == old) {
			trace_count(&block_counters, AOD_BLOCK_C_ABANDONED);
			return slot;
		}
	}
	return 0;
}

#endif /* AOD_TRACE_BLOCK_SLOT_H */
