/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * lib/task_types.h - the kernel types around a task that more than one program looks into, written by hand.
 *
 * Only the fields that are read; libbpf relocates each access against the running kernel's BTF.
 */
#ifndef AOD_TASK_TYPES_H
#define AOD_TASK_TYPES_H

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long di, si, dx, r10, r8, r9;
	unsigned long ax, orig_ax;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	__u64 regs[31];
	__u64 orig_x0;
	__s32 syscallno;
};
#endif

typedef struct {
	__u32 val;
} aod_kuid_t;

typedef struct {
	int counter;
} aod_atomic_t;

struct cred {
	aod_kuid_t uid;
};

struct thread_info {
	unsigned long flags;
	__u32 status; /* x86: TS_COMPAT */
};

struct mm_struct {
	unsigned long arg_start, arg_end;
	struct file *exe_file;
};

struct signal_struct {
	aod_atomic_t live;
	int group_exit_code;
	unsigned int flags;
};

struct linux_binprm {
	const char *filename;
};

struct trace_event_raw_sched_process_exit {
	_Bool group_dead; /* since Linux 6.16 */
};

struct kernfs_node {
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp; /* cgroup v2 */
};

struct task_struct {
	struct thread_info thread_info;
	int pid;
	int tgid;
	int exit_code;
	int prio;
	unsigned int flags;
	__u64 start_time; /* CLOCK_MONOTONIC */
	struct css_set *cgroups;
	struct mm_struct *mm;
	struct signal_struct *signal;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	const struct cred *cred;
	char comm[16];
	struct fs_struct *fs;
	struct files_struct *files;
};

#pragma clang attribute pop

#endif /* AOD_TASK_TYPES_H */
