/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * trace/common.h - what the tracers share: counters, log2 buckets, and whose events are left out.
 */
#ifndef AOD_TRACE_COMMON_H
#define AOD_TRACE_COMMON_H

#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "../lib/task_types.h"

#if defined(__TARGET_ARCH_x86)
#define trace_syscall_nr(regs) ((__u32)(regs)->orig_ax)
#define TRACE_TS_COMPAT 0x2 /* arch/x86/include/asm/thread_info.h */
#elif defined(__TARGET_ARCH_arm64)
#define trace_syscall_nr(regs) ((__u32)(regs)->syscallno)
#define TRACE_TIF_32BIT (1 << 22) /* arch/arm64/include/asm/thread_info.h */
#endif

#define TRACE_COMM_LEN 16 /* TASK_COMM_LEN, include/linux/sched.h */

/* Whether the call is one of a 32-bit program: another syscall table. */
static __always_inline int trace_is_compat(struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	return task->thread_info.status & TRACE_TS_COMPAT;
#else
	return task->thread_info.flags & TRACE_TIF_32BIT;
#endif
}

/* Adds to a per-CPU counter; atomic, for on a preemptible kernel two programs can share a CPU's slot. */
#define trace_add(map, counter, n)                                                            \
	do {                                                                                  \
		__u32 counter_ = (counter);                                                   \
		__u64 *value_ = bpf_map_lookup_elem((map), &counter_);                        \
		if (value_)                                                                   \
			__sync_fetch_and_add(value_, (n));                                    \
	} while (0)

#define trace_count(map, counter) trace_add(map, counter, 1)

/* The bucket of a value: floor(log2(value)), 0 for 0, at most `last`. */
static __always_inline __u32 trace_log2(__u64 value, __u32 last)
{
	__u32 bits = 0;

	if (value >> 32) {
		bits = 32;
		value >>= 32;
	}
	if (value >> 16) {
		bits += 16;
		value >>= 16;
	}
	if (value >> 8) {
		bits += 8;
		value >>= 8;
	}
	if (value >> 4) {
		bits += 4;
		value >>= 4;
	}
	if (value >> 2) {
		bits += 2;
		value >>= 2;
	}
	bits += value >> 1;
	return bits > last ? last : bits;
}

/* The comm, as two numbers: the kernel keeps it NUL-padded. */
static __always_inline void trace_comm(void *to, const struct task_struct *task)
{
	((__u64 *)to)[0] = ((__u64 *)task->comm)[0];
	((__u64 *)to)[1] = ((__u64 *)task->comm)[1];
}

/* What each tracer keeps of a task in `flags`. */
enum trace_task_flag {
	TRACE_TASK_KNOWN = 1 << 0, /* TRACE_TASK_OWN has been decided */
	TRACE_TASK_OWN = 1 << 1, /* the agent, or what it started */
	TRACE_TASK_GROUP_ENDED = 1 << 2, /* of a first thread: one has been told as the last of the group */
};

#define TRACE_LINEAGE_DEPTH 16

/*
 * Whether the task is of the process `own` (0: nobody) or descends from it, by its ancestors as they are
 * now. To be asked once for a task and kept; children get it at fork, for a parent may be gone later.
 */
static __always_inline int trace_descends(struct task_struct *task, __u32 own)
{
	if (!own)
		return 0;
	for (int i = 0; i < TRACE_LINEAGE_DEPTH; i++) {
		if (!task)
			return 0;
		if ((__u32)task->tgid == own)
			return 1;
		if (task->tgid <= 1)
			return 0;
		task = task->real_parent;
	}
	return 0;
}

#endif /* AOD_TRACE_COMMON_H */
