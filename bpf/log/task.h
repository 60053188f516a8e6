/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/task.h - what is kept of a task from a call's entry to its exit.
 *
 * A task's registers at a system call always lie at the same place, the end of its kernel stack, and no
 * other task has that place while it lives. So their address names the task for the price of nothing,
 * and a hash of it finds its slot: two loads and an exchange where task storage is two calls, and memory
 * taken and given back for each process. A slot that another task is using is left to it, and this
 * task's storage is taken instead; nothing is lost by it but 50 ns.
 *
 * A task that dies in a call leaves its slot in use until the next one gets that stack.
 */
#ifndef AOD_LOG_TASK_H
#define AOD_LOG_TASK_H

#define LOG_STACK_SHIFT 14 /* kernel stacks are of 16 KiB, or of more */
#define LOG_SLOT_MIX 0x9e3779b97f4a7c15ull
#define LOG_SLOT_SHIFT 52 /* 64 less the bits of LOG_SLOTS */

/*
 * A number for the address of the registers. To the verifier only the difference of two pointers is a
 * number; `config` lies at the beginning of a page, so that bit LOG_SLOT_BUSY is free.
 */
static __always_inline __u64 log_who(const struct pt_regs *regs, const struct aod_log_config *config)
{
	__u64 who = (__u64)regs;

	asm volatile("%0 -= %1" : "+r"(who) : "r"(config));
	return who;
}

/* The slot that a task may have. */
static __always_inline struct log_task *log_slot(__u64 who)
{
	__u32 index = ((who >> LOG_STACK_SHIFT) * LOG_SLOT_MIX) >> LOG_SLOT_SHIFT;

	return bpf_map_lookup_elem(&log_slots, &index);
}

/* A slot is free for others from here on: what was read of it has been read. */
static __always_inline void log_free_slot(struct log_task *slot, __u64 who)
{
#if defined(__TARGET_ARCH_x86) /* a store is not seen before the loads that come before it */
	*(volatile __u64 *)&slot->owner = who;
#else
	__sync_lock_test_and_set(&slot->owner, who);
#endif
}

/* At a call's entry: its task's slot, which is taken, or its storage. NULL where there is no memory. */
static __always_inline struct log_task *log_take_task(__u64 who)
{
	struct log_task *slot = log_slot(who);
	__u64 owner;

	if (slot) {
		owner = *(volatile __u64 *)&slot->owner;
		if ((!(owner & LOG_SLOT_BUSY) || owner == (who | LOG_SLOT_BUSY)) &&
		    __sync_val_compare_and_swap(&slot->owner, owner, who | LOG_SLOT_BUSY) == owner)
			return slot;
	}
	return bpf_task_storage_get(&log_tasks, bpf_get_current_task_btf(), 0,
				    BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/* What log_take_task gave out for the call under way; NULL where it has not been called. */
static __always_inline struct log_task *log_find_task(__u64 who, struct task_struct *task)
{
	struct log_task *slot = log_slot(who);

	if (slot && *(volatile __u64 *)&slot->owner == (who | LOG_SLOT_BUSY))
		return slot;
	return bpf_task_storage_get(&log_tasks, task, 0, 0);
}

/* Gives it back; call and start are gone. */
static __always_inline void log_leave_task(struct log_task *state, __u64 who)
{
	if (state && state->owner)
		log_free_slot(state, who);
}

#endif /* AOD_LOG_TASK_H */
