// SPDX-License-Identifier: (MIT OR GPL-2.0-only)
/*
 * syscall_tracer.bpf.c - how long syscalls take: a histogram for each process name and syscall, and the
 * slow calls one by one. Contract with user space: trace/syscall_events.h.
 *
 * Both programs run at every syscall of the machine, so what they do is little: each task has a place for
 * the start and the rows that it used last; a hash is asked only where a row is not among these.
 */
#include "trace/common.h"
#include "trace/syscall_events.h"
#include "trace/syscall_task.h"
#include "trace/syscall_row.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* The first call of a task. */
static __noinline int sys_meet(struct sys_task *state, struct aod_sys_config *config)
{
	__u32 every = config->sample_every;

	state->flags |= TRACE_TASK_KNOWN;
	if (trace_descends(bpf_get_current_task_btf(), config->own_tgid))
		state->flags |= TRACE_TASK_OWN;
	/* Not the first call of every task: that would be the same one again and again. */
	if (every)
		state->until_sample = bpf_get_prandom_u32() % every;
	return 0;
}

/* Whether it is the one in so many of its thread that is told. */
static __always_inline __u32 sys_is_sample(struct sys_task *state, const struct aod_sys_config *config, __u32 nr,
					   __u32 every)
{
	asm volatile("" : "+r"(nr)); /* the compiler knows that it is in bounds, the verifier does not */
	if (nr >= AOD_SYS_SYSCALLS || config->kind[nr] & AOD_SYS_KIND_WAITS || state->until_sample--)
		return 0;
	state->until_sample = every - 1;
	return AOD_SYS_R_SAMPLED;
}

SEC("?tp_btf/sys_enter")
int BPF_PROG(sys_enter, struct pt_regs *regs, long id)
{
	struct aod_sys_config *config = sys_configuration();
	struct task_struct *task = bpf_get_current_task_btf();
	struct sys_task *state;
	__u32 every;
	__u64 tick;

	if (!config || (__u64)id >= AOD_SYS_SYSCALLS)
		return 0;
	state = sys_task_of(task, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!state)
		return 0;
	if (!(state->flags & TRACE_TASK_KNOWN))
		sys_meet(state, config);
	if (state->flags & TRACE_TASK_OWN || trace_is_compat(task))
		return 0;
	tick = bpf_jiffies64();
	if (state->tick != tick) {
		state->tick = tick;
		state->calls = 0;
	}
	state->calls++;
	state->nr = id;
	every = config->sample_every;
	state->reason = every ? sys_is_sample(state, config, id, every) : 0;
	if (state->calls > AOD_SYS_TIMED && state->calls % AOD_SYS_TIMED_OF && !state->reason &&
	    !config->time_all) {
		state->under_way = SYS_CALL_UNTIMED;
		return 0;
	}
	state->under_way = SYS_CALL;
	state->time_ns = bpf_ktime_get_ns();
	return 0;
}

/* A call whose start is not known. */
static __noinline int sys_unknown(struct sys_task *state, struct aod_sys_config *config, __u32 nr, long result)
{
	__u32 kind = 0;

	if (state && state->flags & TRACE_TASK_OWN) {
		trace_count(&sys_counters, AOD_SYS_C_OWN);
		return 0;
	}
	if (trace_is_compat(bpf_get_current_task_btf())) {
		trace_count(&sys_counters, AOD_SYS_C_COMPAT);
		return 0;
	}
	if (nr < AOD_SYS_SYSCALLS)
		kind = config->kind[nr];
	/* A new process returns from the call that made it: that is none of its own. */
	if (result == 0 && kind & AOD_SYS_KIND_FORKS)
		return 0;
	trace_count(&sys_counters, AOD_SYS_C_NO_START);
	return 0;
}

/* A slow or sampled call. */
static __noinline int sys_emit(struct sys_task *state, __u64 start_ns, __u64 latency_ns, long result, __u32 reason)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct aod_sys_event *event;

	event = bpf_ringbuf_reserve(&sys_ring, sizeof(*event), 0);
	if (!event) {
		trace_count(&sys_counters, AOD_SYS_C_DROP_RING_FULL);
		return 0;
	}
	event->start_ns = start_ns;
	event->latency_ns = latency_ns;
	event->result = result;
	event->nr = state->nr;
	event->tgid = task->tgid;
	event->tid = task->pid;
	event->reason = reason;
	trace_comm(event->comm, task);
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	trace_count(&sys_counters, AOD_SYS_C_EMITTED);
	return 0;
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(sys_exit, struct pt_regs *regs, long result)
{
	struct aod_sys_config *config = sys_configuration();
	struct task_struct *task = bpf_get_current_task_btf();
	struct sys_task *state;
	struct aod_sys_cell *cell;
	__u64 start_ns, latency_ns = 0;
	__u32 nr, at, bucket, was, reason;

	if (!config)
		return 0;
	state = sys_task_of(task, 0);
	if (!state || !state->under_way)
		return sys_unknown(state, config, trace_syscall_nr(regs), result);
	was = state->under_way;
	state->under_way = SYS_NO_CALL;
	nr = state->nr & (AOD_SYS_SYSCALLS - 1); /* it is less: for the verifier */
	start_ns = state->time_ns;
	if (was == SYS_CALL || state->tick != bpf_jiffies64()) {
		state->time_ns = bpf_ktime_get_ns();
		latency_ns = state->time_ns - start_ns;
	}

	at = (bpf_get_smp_processor_id() & sys_shard_mask) * sys_row_count + sys_row_of(state, config, task, nr);
	cell = bpf_map_lookup_elem(&sys_cells, &at);
	if (!cell)
		return 0;
	if (!latency_ns) {
		__sync_fetch_and_add(&cell->untimed, 1);
		*(volatile __u32 *)&cell->dirty = 1;
		return 0;
	}
	bucket = trace_log2(latency_ns, AOD_SYS_BUCKETS - 1);
	asm volatile("" : "+r"(bucket)); /* the compiler knows that it is in bounds, the verifier does not */
	if (bucket < AOD_SYS_BUCKETS)
		__sync_fetch_and_add(&cell->counts[bucket], 1);
	/* Nothing interrupts this program that would run it once more on this CPU. */
	if (sys_shards_are_shared)
		__sync_fetch_and_add(&cell->sum_ns, latency_ns);
	else
		cell->sum_ns += latency_ns;
	*(volatile __u32 *)&cell->dirty = 1;
	reason = state->reason;
	if (latency_ns >= config->slow_ns && !(config->kind[nr] & AOD_SYS_KIND_WAITS))
		reason |= AOD_SYS_R_SLOW;
	if (reason && was == SYS_CALL_UNTIMED)
		reason |= AOD_SYS_R_EARLY_START;
	if (reason)
		sys_emit(state, start_ns, latency_ns, result, reason);
	return 0;
}

/* Children of the agent are left out with it, also those that it does not live to see. */
SEC("?tp_btf/sched_process_fork")
int BPF_PROG(sys_fork, struct task_struct *parent, struct task_struct *child)
{
	struct sys_task *state = sys_task_of(parent, 0);

	if (!state || !(state->flags & TRACE_TASK_OWN))
		return 0;
	state = sys_task_of(child, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (state)
		state->flags |= TRACE_TASK_KNOWN | TRACE_TASK_OWN;
	return 0;
}

/* A thread that ends makes no calls any more: its slot is for another. */
SEC("?tp_btf/sched_process_exit")
int BPF_PROG(sys_thread_exit, struct task_struct *ended)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 at = (__u32)task->pid & (SYS_SLOTS - 1);
	struct sys_task *slot = bpf_map_lookup_elem(&sys_slots, &at);

	if (slot && slot->owner == sys_owner(task))
		slot->owner = 0;
	return 0;
}

/* Whoever runs this (BPF_PROG_RUN) is left out, with its descendants. */
SEC("?syscall")
int sys_leave_out_caller(void *ctx)
{
	struct aod_sys_config *config = sys_configuration();

	if (!config)
		return 1;
	config->own_tgid = bpf_get_current_pid_tgid() >> 32;
	return 0;
}
