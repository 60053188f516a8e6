/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/dispatch.h - the two programs that see every syscall. They look at what is logged only: one table
 * lookup for all the others.
 */
#ifndef AOD_LOG_DISPATCH_H
#define AOD_LOG_DISPATCH_H

/* Which handler a call belongs to; log_events.h lists the calls in this order. */
static __always_inline __u32 log_group_of(__u32 call)
{
	if (call <= AOD_CALL_PWRITEV2)
		return LOG_GROUP_READ_WRITE;
	if (call <= AOD_CALL_CREAT)
		return LOG_GROUP_OPEN;
	switch (call) {
	case AOD_CALL_STAT:
	case AOD_CALL_LSTAT:
	case AOD_CALL_NEWFSTATAT:
	case AOD_CALL_STATX:
		return LOG_GROUP_STAT;
	case AOD_CALL_RENAME:
	case AOD_CALL_RENAMEAT:
	case AOD_CALL_RENAMEAT2:
	case AOD_CALL_LINK:
	case AOD_CALL_LINKAT:
	case AOD_CALL_SYMLINK:
	case AOD_CALL_SYMLINKAT:
		return LOG_GROUP_TWO_NAMES;
	case AOD_CALL_CLOSE:
	case AOD_CALL_CLOSE_RANGE:
	case AOD_CALL_FCHMOD:
	case AOD_CALL_FSTAT:
	case AOD_CALL_FCHDIR:
	case AOD_CALL_DUP:
	case AOD_CALL_DUP2:
	case AOD_CALL_DUP3:
	case AOD_CALL_FCNTL:
	case AOD_CALL_FTRUNCATE:
	case AOD_CALL_NAMES_CHANGE:
		return LOG_GROUP_DESCRIPTOR;
	case AOD_CALL_EXECVE:
	case AOD_CALL_EXECVEAT:
		return LOG_GROUP_EXEC;
	case AOD_CALL_SENDMMSG:
	case AOD_CALL_RECVMMSG:
		return LOG_GROUP_MESSAGES;
	}
	if (call <= AOD_CALL_SYMLINKAT)
		return LOG_GROUP_NAMES;
	if (call <= AOD_CALL_MPROTECT)
		return LOG_GROUP_PROCESS;
	if (call <= AOD_CALL_SOCKETPAIR)
		return LOG_GROUP_NETWORK;
	return LOG_GROUP_USER;
}

/*
 * Notes when a call begins, also one of a 32-bit program whose number means another call: to tell would be
 * one more call of the kernel, and its exit forgets it.
 */
SEC("?tp_btf/sys_enter")
int BPF_PROG(log_enter, struct pt_regs *regs, long id)
{
	struct aod_log_config *config = log_configuration();
	struct log_task *state;
	__u32 call;

	if (!config || (__u64)id >= AOD_LOG_SYSCALLS)
		return 0;
	call = config->call[id];
	if (!call)
		return 0;
	state = log_take_task(log_who(regs, config));
	if (!state) {
		log_count(AOD_LOG_C_NO_STORAGE);
		return 0;
	}
	state->call = call;
	if (log_needs_entry(call))
		log_entered(config, state, regs, id);
	state->start_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(log_exit, struct pt_regs *regs, long result)
{
	struct aod_log_config *config = log_configuration();
	__u32 nr = log_syscall_nr(regs), call;

	if (!config)
		return 0;
	call = nr < AOD_LOG_SYSCALLS ? config->call[nr] : AOD_CALL_NONE;
	if (!call) {
		/* Of the others the handlers find out. */
		if (log_is_compat(bpf_get_current_task_btf()))
			log_compat_exit(log_who(regs, config), nr, result);
		return 0;
	}
	/* With a constant index the jump is a direct one; an indirect one costs 10 ns more. */
	switch (log_group_of(call)) {
	case LOG_GROUP_READ_WRITE:
		bpf_tail_call_static(ctx, &log_handlers, LOG_GROUP_READ_WRITE);
		break;
	case LOG_GROUP_OPEN:
		bpf_tail_call_static(ctx, &log_handlers, LOG_GROUP_OPEN);
		break;
	case LOG_GROUP_STAT:
		bpf_tail_call_static(ctx, &log_handlers, LOG_GROUP_STAT);
		break;
	case LOG_GROUP_DESCRIPTOR:
		bpf_tail_call_static(ctx, &log_handlers, LOG_GROUP_DESCRIPTOR);
		break;
	case LOG_GROUP_PROCESS:
		bpf_tail_call_static(ctx, &log_handlers, LOG_GROUP_PROCESS);
		break;
	default:
		bpf_tail_call(ctx, &log_handlers, log_group_of(call));
	}
	return 0;
}

/* Whoever runs this (BPF_PROG_RUN) is left out of the log, with its descendants. */
SEC("?syscall")
int log_leave_out_caller(void *ctx)
{
	struct aod_log_config *config = log_configuration();

	if (!config)
		return 1;
	config->own_tgid = bpf_get_current_pid_tgid() >> 32;
	return 0;
}

#endif /* AOD_LOG_DISPATCH_H */
