/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/file_fd.h - file calls that take a descriptor: close, dup, fchmod, fstat, fchdir, ftruncate. */
#ifndef AOD_LOG_FILE_FD_H
#define AOD_LOG_FILE_FD_H

/* include/uapi/asm-generic/fcntl.h, include/uapi/linux/fcntl.h */
#define LOG_F_DUPFD 0
#define LOG_F_DUPFD_CLOEXEC 1030
#define LOG_O_CLOEXEC 02000000

/*
 * 0: it is no event (another command of fcntl, or names have moved). A global function: see log_named_of.
 */
__noinline __u32 log_fd_type(__u64 call, __u64 arg1)
{
	switch (call) {
	case AOD_CALL_CLOSE:
	case AOD_CALL_CLOSE_RANGE:
		return AOD_LOG_CLOSE;
	case AOD_CALL_FCHMOD:
		return AOD_LOG_CHMOD;
	case AOD_CALL_FSTAT:
		return AOD_LOG_STAT;
	case AOD_CALL_FCHDIR:
		return AOD_LOG_CHDIR;
	case AOD_CALL_FTRUNCATE:
		return AOD_LOG_TRUNCATE;
	case AOD_CALL_DUP:
	case AOD_CALL_DUP2:
	case AOD_CALL_DUP3:
		return AOD_LOG_DUP;
	case AOD_CALL_FCNTL: {
		__u32 command = arg1;

		return command == LOG_F_DUPFD || command == LOG_F_DUPFD_CLOEXEC ? AOD_LOG_DUP : 0;
	}
	default:
		return 0;
	}
}

static __always_inline void log_fd_args(struct aod_log_event *event, const struct log_call *c)
{
	event->args[0] = log_int(log_arg0(c));
	switch (c->call) {
	case AOD_CALL_CLOSE:
		event->args[1] = event->args[0];
		return;
	case AOD_CALL_CLOSE_RANGE: /* unsigned numbers: ~0 is the usual last */
		event->args[0] = (__u32)log_arg0(c);
		event->args[1] = (__u32)log_arg1(c);
		event->args[2] = (__u32)log_arg2(c);
		return;
	case AOD_CALL_FCHMOD:
		event->args[1] = (__u16)log_arg1(c);
		return;
	case AOD_CALL_FTRUNCATE:
		event->args[1] = log_arg1(c);
		return;
	case AOD_CALL_DUP:
		event->args[1] = -1;
		return;
	case AOD_CALL_DUP2:
		event->args[1] = log_int(log_arg1(c));
		return;
	case AOD_CALL_DUP3:
		event->args[1] = log_int(log_arg1(c));
		event->args[2] = (__u32)log_arg2(c);
		return;
	case AOD_CALL_FCNTL:
		event->args[1] = log_int(log_arg2(c));
		event->args[2] = (__u32)log_arg1(c) == LOG_F_DUPFD_CLOEXEC ? LOG_O_CLOEXEC : 0;
		return;
	}
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(log_descriptor, struct pt_regs *regs, long result)
{
	struct aod_log_event *event;
	struct log_file file;
	struct log_call c;
	__u32 type;

	if (!log_call_begin(&c, regs, result))
		return 0;
	if (c.call == AOD_CALL_NAMES_CHANGE && result >= 0)
		log_names_changed(c.config);
	type = log_fd_type(c.call, log_arg1(&c));
	if (!type || !log_admit(&c, type))
		return 0;
	if (type == AOD_LOG_CLOSE)
		log_closed_file(&file, &c);
	else
		log_file_of_fd(&file, &c,
			       type == AOD_LOG_DUP && result >= 0 ? result : log_int(log_arg0(&c)));
	if (!c.call_ends)
		log_leave_task(c.state, c.who);
	event = log_reserve(&c, type, &file);
	if (!event)
		return 0;
	log_fd_args(event, &c);
	if (type == AOD_LOG_STAT && result == 0)
		log_fill_stat(event, &c);
	log_submit(event, &c);
	return 0;
}

#endif /* AOD_LOG_FILE_FD_H */
