/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/process.h - calls of the process class: clone, pipe, kill, ptrace, mmap, mprotect, and an exec
 * that failed. What the scheduler tells (fork, exec, exit) is in log/sched.h.
 */
#ifndef AOD_LOG_PROCESS_H
#define AOD_LOG_PROCESS_H

/* include/uapi/linux/sched.h, mman.h, fcntl.h, signal.h */
#define LOG_CLONE_OF_VFORK (0x00004000 | 0x00000100 | 17) /* CLONE_VFORK, CLONE_VM, SIGCHLD */
#define LOG_MAP_ANONYMOUS 0x20
#define LOG_ARGUMENTS 256 /* of a failed exec that are looked at */
#define LOG_ARGV_BEGIN 8192 /* behind one name */

/* include/uapi/linux/sched.h: as much of what clone3 is given as is logged. */
struct log_clone_args {
	__u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

static __always_inline __u32 log_process_type(__u32 call)
{
	switch (call) {
	case AOD_CALL_CLONE:
	case AOD_CALL_CLONE3:
	case AOD_CALL_VFORK:
		return AOD_LOG_CLONE;
	case AOD_CALL_PIPE:
	case AOD_CALL_PIPE2:
		return AOD_LOG_PIPE;
	case AOD_CALL_PTRACE:
		return AOD_LOG_PTRACE;
	case AOD_CALL_MMAP:
		return AOD_LOG_MMAP;
	case AOD_CALL_MPROTECT:
		return AOD_LOG_MPROTECT;
	default:
		return AOD_LOG_KILL;
	}
}

static __always_inline void log_fill_clone(struct aod_log_event *event, const struct log_call *c)
{
	struct log_clone_args args = {};

	if (c->call == AOD_CALL_VFORK) {
		event->args[0] = LOG_CLONE_OF_VFORK;
	} else if (c->call == AOD_CALL_CLONE3) {
		if (bpf_probe_read_user(&args, sizeof(args), (const void *)log_arg0(c)))
			event->flags |= AOD_LOG_F_NAME_LOST;
		event->args[0] = args.flags;
		event->args[1] = args.stack;
		event->args[2] = args.parent_tid;
		event->args[3] = args.child_tid;
		event->args[4] = args.tls;
	} else {
		event->args[0] = log_arg0(c);
		event->args[1] = log_arg1(c);
		event->args[2] = log_arg2(c);
#if defined(__TARGET_ARCH_arm64) /* CONFIG_CLONE_BACKWARDS: tls is before child_tidptr */
		event->args[3] = log_arg4(c);
		event->args[4] = log_arg3(c);
#else
		event->args[3] = log_arg3(c);
		event->args[4] = log_arg4(c);
#endif
	}
}

static __always_inline void log_fill_pipe(struct aod_log_event *event, const struct log_call *c)
{
	int ends[2] = { -1, -1 };

	/* Only a call that succeeded has written them. */
	if (c->result == 0 && bpf_probe_read_user(ends, sizeof(ends), (const void *)log_arg0(c))) {
		ends[0] = ends[1] = -1;
		event->flags |= AOD_LOG_F_NAME_LOST;
	}
	event->args[0] = log_int(ends[0]);
	event->args[1] = log_int(ends[1]);
	event->args[2] = c->call == AOD_CALL_PIPE2 ? log_int(log_arg1(c)) : 0;
}

static __always_inline void log_fill_kill(struct aod_log_event *event, const struct log_call *c)
{
	if (c->call == AOD_CALL_TGKILL) {
		event->args[0] = log_int(log_arg1(c));
		event->args[1] = log_int(log_arg2(c));
		event->args[2] = log_int(log_arg0(c));
	} else {
		event->args[0] = log_int(log_arg0(c));
		event->args[1] = log_int(log_arg1(c));
		event->args[2] = -1;
	}
}

static __always_inline void log_fill_numbers(struct aod_log_event *event, const struct log_call *c)
{
	event->args[0] = log_arg0(c);
	event->args[1] = log_arg1(c);
	event->args[2] = log_arg2(c);
	if (c->call == AOD_CALL_MPROTECT)
		return;
	event->args[3] = log_arg3(c);
	if (c->call == AOD_CALL_PTRACE) {
		event->args[1] = log_int(log_arg1(c));
		return;
	}
	event->args[4] = log_int(log_arg4(c));
	event->args[5] = log_arg5(c);
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(log_process, struct pt_regs *regs, long result)
{
	struct aod_log_event *event;
	struct log_file file;
	struct log_call c;
	__u32 type;

	if (!log_call_begin(&c, regs, result))
		return 0;
	type = log_process_type(c.call);
	/* The child returns from the call too, with 0: that is no call of its own. */
	if (type == AOD_LOG_CLONE && c.result == 0)
		return 0;
	if (!log_admit(&c, type))
		return 0;
	if (type == AOD_LOG_MMAP && !(log_arg3(&c) & LOG_MAP_ANONYMOUS)) {
		log_file_of_fd(&file, &c, log_int(log_arg4(&c)));
		event = log_reserve(&c, type, &file);
	} else {
		event = log_reserve(&c, type, 0);
	}
	if (!event)
		return 0;
	if (type == AOD_LOG_CLONE)
		log_fill_clone(event, &c);
	else if (type == AOD_LOG_PIPE)
		log_fill_pipe(event, &c);
	else if (type == AOD_LOG_KILL)
		log_fill_kill(event, &c);
	else
		log_fill_numbers(event, &c);
	log_submit(event, &c);
	return 0;
}

/*
 * Puts an argument of user memory behind `used` bytes of them, `at` bytes into the data of the event
 * that is being built. Returns how many bytes there are then (more than AOD_LOG_ARGV_MAX: it is cut), 0
 * where it cannot be read. A global function: verified once.
 */
__noinline __u32 log_add_argument(__u64 argument, __u32 at, __u32 used)
{
	__u32 zero = 0;
	struct log_scratch *s = bpf_map_lookup_elem(&log_scratches, &zero);
	long size;

	if (!s || at > LOG_ARGV_BEGIN || used >= AOD_LOG_ARGV_MAX)
		return 0;
	size = log_read_user_string(s->data + at + used, AOD_LOG_ARGV_MAX, (const void *)argument);
	return size > 0 ? used + size : 0;
}

/* Adds the arguments that a failed exec was given, from the array of pointers to them. */
static __always_inline void log_add_user_argv(struct log_scratch *s, const __u64 *argv)
{
	__u32 at = *(volatile __u32 *)&s->event.data_bytes + sizeof(struct aod_log_data), used = 0;
	int ended = 0;

	for (int i = 0; i < LOG_ARGUMENTS; i++) {
		__u64 argument = 0;
		__u32 more;

		if (bpf_probe_read_user(&argument, sizeof(argument), argv + i))
			break;
		if (!argument) {
			ended = used <= AOD_LOG_ARGV_MAX;
			break;
		}
		more = log_add_argument(argument, at, used);
		if (!more)
			break;
		used = more;
	}
	if (used > AOD_LOG_ARGV_MAX)
		used = AOD_LOG_ARGV_MAX;
	if (!ended)
		s->event.flags |= AOD_LOG_F_ARGV_CUT;
	if (used)
		log_end_item(s, AOD_LOG_ARGV, used, ended ? 0 : AOD_LOG_ITEM_CUT);
}

/* An exec that failed: name and arguments are as the program gave them. */
SEC("?tp_btf/sys_exit")
int BPF_PROG(log_exec, struct pt_regs *regs, long result)
{
	struct log_scratch *s;
	struct log_call c;
	__s64 dfd;
	int first;

	if (!log_call_begin(&c, regs, result))
		return 0;
	/* log_sched_exec has told of one that succeeded. */
	if (c.result >= 0 || !log_admit(&c, AOD_LOG_EXEC))
		return 0;
	s = log_build(&c, AOD_LOG_EXEC);
	if (!s)
		return 0;
	s->event.args[0] = c.task->pid;
	if (c.call == AOD_CALL_EXECVEAT) {
		dfd = log_int(log_arg0(&c));
		s->event.args[1] = dfd;
		s->event.args[2] = log_int(log_arg4(&c));
		first = log_add_user_name(s, AOD_LOG_NAME, (const char *)log_arg1(&c));
		log_add_user_argv(s, (const __u64 *)log_arg2(&c));
	} else {
		dfd = LOG_AT_FDCWD;
		s->event.args[1] = -1;
		first = log_add_user_name(s, AOD_LOG_NAME, (const char *)log_arg0(&c));
		log_add_user_argv(s, (const __u64 *)log_arg1(&c));
	}
	log_set_dir(s, &c, first, dfd);
	log_finish(s, &c);
	return 0;
}

#endif /* AOD_LOG_PROCESS_H */
