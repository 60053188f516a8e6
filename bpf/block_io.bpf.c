// SPDX-License-Identifier: (MIT OR GPL-2.0-only)
/*
 * block_io.bpf.c - how long block devices take: histograms of latency and size for each device and
 * operation, and the slow requests one by one. Contract with user space: trace/block_events.h.
 *
 * What is under way is kept in an array that is looked into by the address of the request: a request is
 * memory that its queue keeps, so there are no more of them than queues are deep. No hash, no lock.
 */
#include "trace/common.h"
#include "trace/block_events.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

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

/* The agent and what it started: decided once for a task. */
static __always_inline int block_is_own(struct task_struct *task)
{
	struct aod_block_config *config;
	struct block_task *state;
	__u32 zero = 0;
	int own;

	config = bpf_map_lookup_elem(&block_config, &zero);
	if (!config || !config->own_tgid)
		return 0;
	state = bpf_task_storage_get(&block_tasks, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (state && state->flags & TRACE_TASK_KNOWN)
		return !!(state->flags & TRACE_TASK_OWN);
	own = trace_descends(task, config->own_tgid);
	if (state)
		__sync_fetch_and_or(&state->flags, TRACE_TASK_KNOWN | (own ? TRACE_TASK_OWN : 0));
	return own;
}

SEC("?tp_btf/block_rq_issue")
int BPF_PROG(block_issue, struct request *rq)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 now_ns = bpf_ktime_get_ns(), address = block_address(rq);
	struct block_slot *slot;

	trace_count(&block_counters, AOD_BLOCK_C_ISSUED);
	slot = block_find(address);
	if (slot) {
		/* The driver was busy and takes it once more; or this memory belonged to a request that is gone. */
		trace_count(&block_counters, AOD_BLOCK_C_ABANDONED);
	} else {
		slot = block_take(address, now_ns);
	}
	if (!slot) {
		trace_count(&block_counters, AOD_BLOCK_C_NO_SLOT);
		return 0;
	}
	slot->tgid = task->tgid;
	slot->tid = task->pid;
	slot->own = block_is_own(task);
	trace_comm(slot->comm, task);
	slot->start_ns = now_ns;
	return 0;
}

static __always_inline __u32 block_op_of(struct request *rq)
{
	switch (rq->cmd_flags & BLOCK_REQ_OP_MASK) {
	case BLOCK_REQ_OP_READ:
		return AOD_BLOCK_OP_READ;
	case BLOCK_REQ_OP_WRITE:
		return AOD_BLOCK_OP_WRITE;
	case BLOCK_REQ_OP_FLUSH:
		return AOD_BLOCK_OP_FLUSH;
	case BLOCK_REQ_OP_DISCARD:
	case BLOCK_REQ_OP_SECURE_ERASE:
		return AOD_BLOCK_OP_DISCARD;
	default:
		return AOD_BLOCK_OP_OTHER;
	}
}

/* major << 20 | minor; 0 for a queue without a disk (commands to a controller). */
static __always_inline __u32 block_number_of(struct request *rq)
{
	struct request___old *old = (void *)rq;
	struct gendisk *disk;

	if (bpf_core_field_exists(old->rq_disk))
		disk = old->rq_disk;
	else
		disk = rq->q->disk;
	return disk ? (__u32)disk->major << 20 | (__u32)disk->first_minor : 0;
}

/* Its index in block_devices; 0 where there is no room for another. */
static __always_inline __u32 block_device_of(__u32 number)
{
	__u64 wanted = 1ull << 32 | number;
	__u32 first = number ^ number >> 20 ^ number >> 4;

	for (__u32 i = 0; i < BLOCK_DEVICE_WAYS; i++) {
		__u32 at = (first + i) & (AOD_BLOCK_DEVICES - 1);
		struct aod_block_device *device;
		__u64 found;

		if (!at)
			continue;
		device = bpf_map_lookup_elem(&block_devices, &at);
		if (!device)
			return 0;
		found = device->number;
		if (!found)
			found = __sync_val_compare_and_swap(&device->number, 0, wanted);
		if (!found || found == wanted)
			return at;
	}
	return 0;
}

/* Whether this one is the next sample. */
static __always_inline int block_is_sample(__u32 every)
{
	__u32 zero = 0, *left;

	if (!every)
		return 0;
	left = bpf_map_lookup_elem(&block_samples, &zero);
	if (!left)
		return 0;
	if (*left) {
		*left -= 1;
		return 0;
	}
	*left = every - 1;
	return 1;
}

SEC("?tp_btf/block_rq_complete")
int BPF_PROG(block_complete, struct request *rq, int status, unsigned int done_bytes)
{
	__u32 zero = 0, bytes = rq->__data_len, at, bucket, number, op;
	struct aod_block_config *config;
	struct aod_block_event *event;
	struct aod_block_cell *cell;
	struct block_slot *slot;
	struct block_slot was;
	__u32 reason = 0;
	__u64 latency_ns;

	/* A part of it: the rest goes on, also where this part failed. */
	if (done_bytes < bytes)
		return 0;
	slot = block_find(block_address(rq));
	config = bpf_map_lookup_elem(&block_config, &zero);
	if (!slot || !config) {
		trace_count(&block_counters, AOD_BLOCK_C_NO_START);
		return 0;
	}
	was = *slot;
	latency_ns = bpf_ktime_get_ns() - was.start_ns;
	/* Free from here on: all that is needed has been taken out. */
	slot->start_ns = 0;
	__sync_lock_test_and_set(&slot->request, 0);
	if (was.own) {
		trace_count(&block_counters, AOD_BLOCK_C_OWN);
		return 0;
	}
	op = block_op_of(rq);
	number = block_number_of(rq);
	at = bpf_get_smp_processor_id() & block_shard_mask;
	at = (at * AOD_BLOCK_DEVICES + block_device_of(number)) * AOD_BLOCK_OP_COUNT + op;
	cell = bpf_map_lookup_elem(&block_cells, &at);
	if (!cell)
		return 0;
	bucket = trace_log2(latency_ns, AOD_BLOCK_BUCKETS - 1);
	asm volatile("" : "+r"(bucket)); /* the compiler knows that it is in bounds, the verifier does not */
	if (bucket < AOD_BLOCK_BUCKETS)
		__sync_fetch_and_add(&cell->counts[bucket], 1);
	bucket = trace_log2(bytes, AOD_BLOCK_SIZES - 1);
	asm volatile("" : "+r"(bucket));
	if (bucket < AOD_BLOCK_SIZES)
		__sync_fetch_and_add(&cell->sizes[bucket], 1);
	__sync_fetch_and_add(&cell->sum_ns, latency_ns);
	__sync_fetch_and_add(&cell->sum_bytes, bytes);
	if (status)
		__sync_fetch_and_add(&cell->failed, 1);
	*(volatile __u32 *)&cell->dirty = 1;

	if (latency_ns >= config->slow_ns)
		reason |= AOD_BLOCK_R_SLOW;
	if (status)
		reason |= AOD_BLOCK_R_FAILED;
	if (block_is_sample(config->sample_every))
		reason |= AOD_BLOCK_R_SAMPLED;
	if (!reason)
		return 0;
	event = bpf_ringbuf_reserve(&block_ring, sizeof(*event), 0);
	if (!event) {
		trace_count(&block_counters, AOD_BLOCK_C_DROP_RING_FULL);
		return 0;
	}
	event->start_ns = was.start_ns;
	event->latency_ns = latency_ns;
	event->sector = rq->__sector;
	event->device = number;
	event->bytes = bytes;
	event->tgid = was.tgid;
	event->tid = was.tid;
	event->op = op;
	event->reason = reason;
	event->pad = 0;
	event->status = status;
	__builtin_memcpy(event->comm, was.comm, sizeof(event->comm));
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	trace_count(&block_counters, AOD_BLOCK_C_EMITTED);
	return 0;
}

/* Children of the agent are left out with it, also those that it does not live to see. */
SEC("?tp_btf/sched_process_fork")
int BPF_PROG(block_fork, struct task_struct *parent, struct task_struct *child)
{
	struct block_task *state = bpf_task_storage_get(&block_tasks, parent, 0, 0);

	if (!state) {
		/* It has issued nothing yet: what it is has to be told now. */
		block_is_own(parent);
		state = bpf_task_storage_get(&block_tasks, parent, 0, 0);
	}
	if (!state || !(state->flags & TRACE_TASK_OWN))
		return 0;
	state = bpf_task_storage_get(&block_tasks, child, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (state)
		__sync_fetch_and_or(&state->flags, TRACE_TASK_KNOWN | TRACE_TASK_OWN);
	return 0;
}

/* Whoever runs this (BPF_PROG_RUN) is left out, with its descendants. */
SEC("?syscall")
int block_leave_out_caller(void *ctx)
{
	struct aod_block_config *config;
	__u32 zero = 0;

	config = bpf_map_lookup_elem(&block_config, &zero);
	if (!config)
		return 1;
	config->own_tgid = bpf_get_current_pid_tgid() >> 32;
	return 0;
}
