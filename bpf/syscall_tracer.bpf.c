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

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#define SYS_SLOTS 16384 /* a power of two */
#define SYS_CACHE 8 /* rows that a task remembers, by the low bits of the syscall number */

/* Set before the load, as are the sizes of sys_cells, sys_keys, sys_rows and sys_free. */
const volatile __u32 sys_row_count = AOD_SYS_SYSCALLS + 1;
const volatile __u32 sys_shard_mask = 0;
const volatile __u32 sys_shards_are_shared = 1; /* by CPUs */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} sys_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct aod_sys_config);
} sys_config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, AOD_SYS_C_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} sys_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, AOD_SYS_SYSCALLS + 1);
	__type(key, __u32);
	__type(value, struct aod_sys_cell);
} sys_cells SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, AOD_SYS_SYSCALLS + 1);
	__type(key, __u32);
	__type(value, struct aod_sys_key);
} sys_keys SEC(".maps");

/* Which row a key has. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct aod_sys_key);
	__type(value, __u32);
} sys_rows SEC(".maps");

/* Rows that nobody has; user space fills it. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__type(value, __u32);
} sys_free SEC(".maps");

struct sys_cached_row {
	__u32 nr_plus_1; /* 0: empty */
	__u32 row;
};

enum sys_call_state {
	SYS_NO_CALL = 0,
	SYS_CALL = 1,
	SYS_CALL_UNTIMED = 2, /* time_ns is not its start */
};

struct sys_task {
	__u64 owner; /* sys_owner; 0: nobody has it */
	__u64 time_ns; /* when the clock was read last for it */
	__u16 nr;
	__u8 under_way; /* a call of it was seen to begin: enum sys_call_state */
	__u8 reason; /* enum aod_sys_reason of that call */
	__u32 flags; /* enum trace_task_flag */
	__u32 until_sample;
	__u32 generation; /* that the rows below are of */
	__u64 comm[2]; /* likewise */
	__u64 tick; /* the kernel's jiffies when its last call began */
	__u32 calls; /* in that tick */
	__u32 pad;
	struct sys_cached_row rows[SYS_CACHE];
};

/*
 * Where it is kept: by the low bits of the thread id, in an array, since task storage costs four times as
 * much. Threads whose place another one has are in task storage.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SYS_SLOTS);
	__type(key, __u32);
	__type(value, struct sys_task);
} sys_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct sys_task);
} sys_tasks SEC(".maps");

#define SYS_TID_BITS 22 /* PID_MAX_LIMIT, include/linux/threads.h */

/* A number that no other task has or will have: thread ids are used again. */
static __always_inline __u64 sys_owner(struct task_struct *task)
{
	return task->start_time << SYS_TID_BITS | (__u32)task->pid;
}

/* What is kept of a task that does not have its slot yet, or never will. */
static __noinline struct sys_task *sys_task_elsewhere(struct task_struct *task, struct sys_task *slot, __u64 owner,
						      __u64 create)
{
	__u64 old = slot->owner;

	/* The same thread id, another owner: that one is gone. */
	if ((!old || !((old ^ owner) << (64 - SYS_TID_BITS))) && create &&
	    __sync_val_compare_and_swap(&slot->owner, old, owner) == old) {
		slot->under_way = SYS_NO_CALL;
		slot->calls = 0;
		slot->flags = 0;
		slot->generation = 0;
		slot->comm[0] = 0;
		return slot;
	}
	return bpf_task_storage_get(&sys_tasks, task, 0, create);
}

static __always_inline struct sys_task *sys_task_of(struct task_struct *task, __u64 create)
{
	__u32 at = (__u32)task->pid & (SYS_SLOTS - 1);
	struct sys_task *slot = bpf_map_lookup_elem(&sys_slots, &at);
	__u64 owner = sys_owner(task);

	if (!slot || slot->owner == owner)
		return slot;
	return sys_task_elsewhere(task, slot, owner, create);
}

static __always_inline struct aod_sys_config *sys_configuration(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&sys_config, &zero);
}

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

/* The row of a call that the task does not remember. */
static __noinline __u32 sys_find_row(struct sys_task *state, struct aod_sys_config *config, __u32 nr)
{
	struct aod_sys_key key = {}, *name;
	__u32 row = 0, *known;

	__builtin_memcpy(key.comm, state->comm, sizeof(key.comm));
	key.nr = nr;
	if (config->by_tgid)
		key.tgid = bpf_get_current_pid_tgid() >> 32;
	known = bpf_map_lookup_elem(&sys_rows, &key);
	if (known)
		return *known;
	if (bpf_map_pop_elem(&sys_free, &row)) {
		trace_count(&sys_counters, AOD_SYS_C_NO_ROW);
		return nr;
	}
	name = bpf_map_lookup_elem(&sys_keys, &row);
	if (name)
		__builtin_memcpy(name, &key, sizeof(key));
	if (!bpf_map_update_elem(&sys_rows, &key, &row, BPF_NOEXIST))
		return row;
	/* Another CPU was first. */
	bpf_map_push_elem(&sys_free, &row, 0);
	known = bpf_map_lookup_elem(&sys_rows, &key);
	return known ? *known : nr;
}

static __always_inline __u32 sys_row_of(struct sys_task *state, struct aod_sys_config *config,
					struct task_struct *task, __u32 nr)
{
	struct sys_cached_row *cached = &state->rows[nr % SYS_CACHE];
	struct task_struct *first = task->group_leader;
	__u32 generation = *(volatile __u32 *)&config->generation;
	__u64 comm[2];

	trace_comm(comm, first);
	if (state->generation != generation || state->comm[0] != comm[0] || state->comm[1] != comm[1]) {
		__builtin_memset(state->rows, 0, sizeof(state->rows));
		state->generation = generation;
		state->comm[0] = comm[0];
		state->comm[1] = comm[1];
	}
	if (cached->nr_plus_1 != nr + 1) {
		cached->row = sys_find_row(state, config, nr);
		cached->nr_plus_1 = nr + 1;
	}
	return cached->row;
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
	nr = state->nr;
	if (nr >= AOD_SYS_SYSCALLS)
		return 0;
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
