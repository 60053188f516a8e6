/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/call.h - what a handler works on: the call (or the scheduler's event) that has just ended.
 */
#ifndef AOD_LOG_CALL_H
#define AOD_LOG_CALL_H

struct log_call {
	struct aod_log_config *config;
	struct task_struct *task; /* the current one */
	struct pt_regs *regs; /* NULL for what is no call */
	struct log_task *state; /* NULL where there was no memory for it, or it is not needed */
	__u64 who; /* log_who() of the task */
	__u64 start_ns; /* 0: not known */
	__u64 end_ns;
	__s64 result;
	__s32 nr; /* -1 for what is no call */
	__u32 call; /* enum aod_log_call */
	__u32 call_ends; /* nothing more is needed of `state` once the event is admitted */
};

/*
 * Not to be merged by the compiler with the load of another branch: the verifier wants each load of a
 * register to be of one pointer.
 */
#define log_register(value)                                                                   \
	({                                                                                    \
		__u64 register_ = (value);                                                    \
		asm volatile("" : "+r"(register_));                                           \
		register_;                                                                    \
	})

#if defined(__TARGET_ARCH_x86)
#define log_arg0(c) log_register((c)->regs->di)
#define log_arg1(c) log_register((c)->regs->si)
#define log_arg2(c) log_register((c)->regs->dx)
#define log_arg3(c) log_register((c)->regs->r10)
#define log_arg4(c) log_register((c)->regs->r8)
#define log_arg5(c) log_register((c)->regs->r9)
#define log_syscall_nr(regs) ((__u32)(regs)->orig_ax)
#elif defined(__TARGET_ARCH_arm64)
#define log_arg0(c) log_register((c)->regs->orig_x0)
#define log_arg1(c) log_register((c)->regs->regs[1])
#define log_arg2(c) log_register((c)->regs->regs[2])
#define log_arg3(c) log_register((c)->regs->regs[3])
#define log_arg4(c) log_register((c)->regs->regs[4])
#define log_arg5(c) log_register((c)->regs->regs[5])
#define log_syscall_nr(regs) ((__u32)(regs)->syscallno)
#endif

/* An int argument as the kernel takes it: its upper half is of no meaning. */
#define log_int(argument) ((__s64)(__s32)(argument))

/* Begins a handler of tp_btf/sys_exit. 0: there is nothing to do. */
static __always_inline int log_call_begin(struct log_call *c, struct pt_regs *regs, long result)
{
	__u32 nr = log_syscall_nr(regs);

	c->config = log_configuration();
	if (!c->config || nr >= AOD_LOG_SYSCALLS)
		return 0;
	c->call = c->config->call[nr];
	if (!c->call)
		return 0;
	c->task = bpf_get_current_task_btf();
	c->regs = regs;
	c->nr = nr;
	c->result = result;
	/* Of these more is needed, see log/entry.h. */
	c->call_ends = c->call != AOD_CALL_CLOSE && c->call != AOD_CALL_CHDIR;
	c->start_ns = 0;
	c->who = log_who(regs, c->config);
	if (log_is_compat(c->task)) {
		log_compat_exit(c->who, nr, result);
		return 0;
	}
	c->end_ns = bpf_ktime_get_ns();
	c->state = log_find_task(c->who, c->task);
	if (c->state && c->state->call == c->call) {
		c->start_ns = c->state->start_ns;
		/* A call that seccomp denies ends without having been entered: this start is not its own. */
		c->state->call = AOD_CALL_NONE;
		/* Nor is that of a task that died in such a call and had the same stack. */
		if (c->start_ns < c->task->start_time)
			c->start_ns = 0;
	}
	return 1;
}

/* Begins a program at a scheduler's event, of which `current` is the subject. */
static __always_inline int log_moment_begin(struct log_call *c)
{
	c->config = log_configuration();
	if (!c->config)
		return 0;
	c->task = bpf_get_current_task_btf();
	c->regs = 0;
	c->nr = -1;
	c->call = 0;
	c->call_ends = 0;
	c->result = 0;
	c->end_ns = bpf_ktime_get_ns();
	c->start_ns = c->end_ns;
	c->who = log_who((struct pt_regs *)bpf_task_pt_regs(c->task), c->config);
	c->state = log_find_task(c->who, c->task);
	return 1;
}

#endif /* AOD_LOG_CALL_H */
