/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* trace/syscall_task.h - maps of the syscall tracer, and what it keeps of a task. */
#ifndef AOD_TRACE_SYSCALL_TASK_H
#define AOD_TRACE_SYSCALL_TASK_H

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

#endif /* AOD_TRACE_SYSCALL_TASK_H */
