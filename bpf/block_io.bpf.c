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
#include "trace/block_slot.h"
#include "trace/block_row.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

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
	struct block_request *request;
	struct block_set *set;
	__u32 way;

	trace_count(&block_counters, AOD_BLOCK_C_ISSUED);
	set = block_set_of(address);
	if (!set)
		return 0;
	way = block_find(set, address);
	if (way < BLOCK_WAYS) {
		/* The driver was busy and takes it once more; or this memory belonged to a request that is gone. */
		trace_count(&block_counters, AOD_BLOCK_C_ABANDONED);
	} else {
		way = block_take(set, address, now_ns);
	}
	asm volatile("" : "+r"(way)); /* the compiler knows what the verifier does not */
	if (way >= BLOCK_WAYS) {
		trace_count(&block_counters, AOD_BLOCK_C_NO_SLOT);
		return 0;
	}
	request = &set->request[way];
	request->tgid = task->tgid;
	request->tid = task->pid;
	request->own = block_is_own(task);
	trace_comm(request->comm, task);
	request->start_ns = now_ns;
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
	__u32 zero = 0, bytes = rq->__data_len, at, bucket, number, op, way;
	__u64 address = block_address(rq), latency_ns;
	struct aod_block_config *config;
	struct aod_block_event *event;
	struct aod_block_cell *cell;
	struct block_request was;
	struct block_set *set;
	__u32 reason = 0;

	/* A part of it: the rest goes on, also where this part failed. */
	if (done_bytes < bytes)
		return 0;
	set = block_set_of(address);
	config = bpf_map_lookup_elem(&block_config, &zero);
	if (!set || !config)
		return 0;
	way = block_find(set, address);
	asm volatile("" : "+r"(way));
	if (way >= BLOCK_WAYS) {
		trace_count(&block_counters, AOD_BLOCK_C_NO_START);
		return 0;
	}
	was = set->request[way];
	latency_ns = bpf_ktime_get_ns() - was.start_ns;
	/* Free from here on: all that is needed has been taken out. */
	set->request[way].start_ns = 0;
	__sync_lock_test_and_set(&set->address[way], 0);
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
