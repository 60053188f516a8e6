// SPDX-License-Identifier: (MIT OR GPL-2.0-only)
/*
 * exec_monitor.bpf.c - processes that begin, become another program, and end. Contract with user space:
 * trace/exec_events.h.
 */
#include "trace/common.h"
#include "trace/exec_events.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#define EXEC_SIGNAL_GROUP_EXIT 4 /* SIGNAL_GROUP_EXIT, include/linux/sched/signal.h */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} exec_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct aod_exec_config);
} exec_config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, AOD_EXEC_C_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} exec_counters SEC(".maps");

struct exec_task {
	__u32 flags; /* enum trace_task_flag */
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct exec_task);
} exec_tasks SEC(".maps");

struct exec_scratch {
	__u32 busy;
	__u32 pad;
	struct aod_exec_event event;
	char data[AOD_EXEC_NAME_MAX + AOD_EXEC_ARGV_MAX]; /* directly behind the event */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exec_scratch);
} exec_scratches SEC(".maps");

/* The agent and what it started: decided once for a task. */
static __always_inline int exec_is_own(struct task_struct *task)
{
	struct aod_exec_config *config;
	struct exec_task *state;
	__u32 zero = 0;
	int own;

	state = bpf_task_storage_get(&exec_tasks, task, 0, 0);
	if (state && state->flags & TRACE_TASK_KNOWN)
		return state->flags & TRACE_TASK_OWN;
	config = bpf_map_lookup_elem(&exec_config, &zero);
	own = config ? trace_descends(task, config->own_tgid) : 0;
	state = bpf_task_storage_get(&exec_tasks, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (state)
		__sync_fetch_and_or(&state->flags, TRACE_TASK_KNOWN | (own ? TRACE_TASK_OWN : 0));
	return own;
}

/* Whether an event is to be told; to be called once for each. */
static __always_inline int exec_admit(struct task_struct *task)
{
	trace_count(&exec_counters, AOD_EXEC_C_SEEN);
	if (!exec_is_own(task))
		return 1;
	trace_count(&exec_counters, AOD_EXEC_C_OWN);
	return 0;
}

static __always_inline void exec_fill(struct aod_exec_event *event, struct task_struct *task, __u32 type)
{
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = bpf_ktime_get_ns();
	event->type = type;
	event->tgid = task->tgid;
	event->parent_tgid = task->real_parent->tgid;
	event->uid = task->cred->uid.val;
	trace_comm(event->comm, task);
}

static __always_inline struct aod_exec_event *exec_reserve(struct task_struct *task, __u32 type)
{
	struct aod_exec_event *event = bpf_ringbuf_reserve(&exec_ring, sizeof(*event), 0);

	if (!event) {
		trace_count(&exec_counters, AOD_EXEC_C_DROP_RING_FULL);
		return 0;
	}
	exec_fill(event, task, type);
	return event;
}

static __always_inline void exec_submit(struct aod_exec_event *event)
{
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	trace_count(&exec_counters, AOD_EXEC_C_EMITTED);
}

SEC("?tp_btf/sched_process_fork")
int BPF_PROG(exec_fork, struct task_struct *parent, struct task_struct *child)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct aod_exec_event *event;
	struct exec_task *state;

	/* Threads of the agent count as it does when they start a process; they have a parent of their own. */
	if (exec_is_own(task)) {
		state = bpf_task_storage_get(&exec_tasks, child, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
		if (state)
			__sync_fetch_and_or(&state->flags, TRACE_TASK_KNOWN | TRACE_TASK_OWN);
	}
	if (child->pid != child->tgid || !exec_admit(task))
		return 0;
	event = exec_reserve(task, AOD_EXEC_FORK);
	if (!event)
		return 0;
	event->child_tgid = child->tgid;
	exec_submit(event);
	return 0;
}

/* Name and argv behind the event; returns how many bytes they are. */
static __always_inline __u32 exec_add_strings(struct exec_scratch *s, struct task_struct *task,
					      struct linux_binprm *bprm)
{
	struct mm_struct *mm = task->mm;
	unsigned long begin, bytes;
	long name_bytes;
	__u32 at = 0;

	name_bytes = bpf_probe_read_kernel_str(s->data, AOD_EXEC_NAME_MAX, bprm->filename);
	if (name_bytes > 1)
		at = name_bytes - 1; /* without the NUL */
	if (at >= AOD_EXEC_NAME_MAX - 1) {
		at = AOD_EXEC_NAME_MAX - 1;
		s->event.flags |= AOD_EXEC_F_NAME_CUT; /* or it is just as long */
	}
	s->event.name_bytes = at;
	if (!mm)
		return at;
	begin = mm->arg_start;
	bytes = mm->arg_end - begin;
	if (bytes > AOD_EXEC_ARGV_MAX) {
		bytes = AOD_EXEC_ARGV_MAX;
		s->event.flags |= AOD_EXEC_F_ARGV_CUT;
	}
	asm volatile("" : "+r"(at), "+r"(bytes));
	if (!bytes || bytes > AOD_EXEC_ARGV_MAX || at >= AOD_EXEC_NAME_MAX)
		return at;
	if (bpf_probe_read_user(s->data + at, bytes, (const void *)begin)) {
		s->event.flags |= AOD_EXEC_F_ARGV_CUT;
		return at;
	}
	s->event.argv_bytes = bytes;
	return at + bytes;
}

SEC("?tp_btf/sched_process_exec")
int BPF_PROG(exec_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct exec_scratch *s;
	__u32 zero = 0, bytes;

	if (!exec_admit(current))
		return 0;
	s = bpf_map_lookup_elem(&exec_scratches, &zero);
	if (!s || s->busy) {
		trace_count(&exec_counters, AOD_EXEC_C_DROP_SCRATCH);
		return 0;
	}
	s->busy = 1;
	exec_fill(&s->event, current, AOD_EXEC_EXEC);
	bytes = exec_add_strings(s, current, bprm);
	if (bytes <= sizeof(s->data) &&
	    !bpf_ringbuf_output(&exec_ring, &s->event, sizeof(s->event) + bytes, BPF_RB_NO_WAKEUP))
		trace_count(&exec_counters, AOD_EXEC_C_EMITTED);
	else
		trace_count(&exec_counters, AOD_EXEC_C_DROP_RING_FULL);
	s->busy = 0;
	return 0;
}

/* Whether it is the last thread of its process. */
static __always_inline int exec_is_last_thread(struct task_struct *task, unsigned long long *ctx)
{
	struct signal_struct *signal = task->signal;
	struct exec_task *state;

	/* Since Linux 6.16 the tracepoint says it. */
	if (bpf_core_field_exists(struct trace_event_raw_sched_process_exit, group_dead))
		return (_Bool)ctx[1];
	/*
	 * Before, the count of those that live says it, which this one has left already. Where two end at
	 * the same moment, both can find it 0: the first one to say so is the last.
	 */
	if (!signal || signal->live.counter)
		return 0;
	state = bpf_task_storage_get(&exec_tasks, task->group_leader, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	return !state || !(__sync_fetch_and_or(&state->flags, TRACE_TASK_GROUP_ENDED) & TRACE_TASK_GROUP_ENDED);
}

SEC("?tp_btf/sched_process_exit")
int exec_exit(unsigned long long *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_struct *first = task->group_leader;
	struct signal_struct *signal = task->signal;
	struct aod_exec_event *event;

	if (!exec_is_last_thread(task, ctx) || !exec_admit(task))
		return 0;
	event = exec_reserve(task, AOD_EXEC_EXIT);
	if (!event)
		return 0;
	event->lifetime_ns = event->time_ns - first->start_time;
	/* As wait_task_zombie has it, kernel/exit.c. */
	if (signal && signal->flags & EXEC_SIGNAL_GROUP_EXIT)
		event->exit_code = signal->group_exit_code;
	else
		event->exit_code = first->exit_code;
	trace_comm(event->comm, first);
	exec_submit(event);
	return 0;
}

/* Whoever runs this (BPF_PROG_RUN) is left out, with its descendants. */
SEC("?syscall")
int exec_leave_out_caller(void *ctx)
{
	struct aod_exec_config *config;
	__u32 zero = 0;

	config = bpf_map_lookup_elem(&exec_config, &zero);
	if (!config)
		return 1;
	config->own_tgid = bpf_get_current_pid_tgid() >> 32;
	return 0;
}
