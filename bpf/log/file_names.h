/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/file_names.h - calls that name one file: unlink, rmdir, mkdir, mknod, chmod, chdir, truncate, and
 * their *at spellings. (stat: log/file_stat.h.)
 */
#ifndef AOD_LOG_FILE_NAMES_H
#define AOD_LOG_FILE_NAMES_H

#define LOG_AT_REMOVEDIR 0x200 /* include/uapi/linux/fcntl.h */

/* A call that names a file, with its arguments as the event has them. */
struct log_named {
	__u32 type;
	__u64 name;
	__u64 args[6];
};

struct log_named_args {
	__u32 call;
	__u64 arg[4];
};

/* arg0 is the directory, arg1 the name. */
static __always_inline void log_named_at(struct log_named *n, const struct log_named_args *c)
{
	n->args[0] = log_int(c->arg[0]);
	n->name = c->arg[1];
}

static __always_inline void log_named_remove(struct log_named *n, const struct log_named_args *c)
{
	n->type = AOD_LOG_DELETE;
	if (c->call == AOD_CALL_UNLINK)
		return;
	if (c->call == AOD_CALL_RMDIR) {
		n->type = AOD_LOG_RMDIR;
		return;
	}
	log_named_at(n, c);
	n->args[1] = log_int(c->arg[2]);
	if (n->args[1] & LOG_AT_REMOVEDIR)
		n->type = AOD_LOG_RMDIR;
}

static __always_inline void log_named_make(struct log_named *n, const struct log_named_args *c)
{
	n->type = AOD_LOG_MKDIR;
	switch (c->call) {
	case AOD_CALL_MKDIR:
		n->args[1] = (__u16)c->arg[1];
		return;
	case AOD_CALL_MKDIRAT:
		log_named_at(n, c);
		n->args[1] = (__u16)c->arg[2];
		return;
	}
	n->type = AOD_LOG_CREATE;
	if (c->call == AOD_CALL_MKNOD) {
		n->args[2] = (__u16)c->arg[1];
		n->args[3] = (__u32)c->arg[2];
	} else {
		log_named_at(n, c);
		n->args[2] = (__u16)c->arg[2];
		n->args[3] = (__u32)c->arg[3];
	}
}

static __always_inline void log_named_chmod(struct log_named *n, const struct log_named_args *c)
{
	n->type = AOD_LOG_CHMOD;
	if (c->call == AOD_CALL_CHMOD) {
		n->args[1] = (__u16)c->arg[1];
		return;
	}
	log_named_at(n, c);
	n->args[1] = (__u16)c->arg[2];
	/* fchmodat has no flags: what libraries give it is not looked at. */
	if (c->call == AOD_CALL_FCHMODAT2)
		n->args[2] = (__u32)c->arg[3];
}

/*
 * Type, name and arguments of a call with these arguments: the type is returned, the rest is in the scratch's
 * `work`, name first. A global function: to what comes next all calls look the same, and the verifier goes
 * through it once, not once for each call.
 */
__noinline __u32 log_named_of(__u64 call, __u64 arg0, __u64 arg1, __u64 arg2, __u64 arg3)
{
	struct log_named named = { .args[0] = LOG_AT_FDCWD, .name = arg0 }, *n = &named;
	struct log_named_args c = { .call = call, .arg = { arg0, arg1, arg2, arg3 } };
	__u32 zero = 0;
	struct log_scratch *s = bpf_map_lookup_elem(&log_scratches, &zero);

	switch (c.call) {
	case AOD_CALL_UNLINK:
	case AOD_CALL_UNLINKAT:
	case AOD_CALL_RMDIR:
		log_named_remove(n, &c);
		break;
	case AOD_CALL_MKDIR:
	case AOD_CALL_MKDIRAT:
	case AOD_CALL_MKNOD:
	case AOD_CALL_MKNODAT:
		log_named_make(n, &c);
		break;
	case AOD_CALL_CHMOD:
	case AOD_CALL_FCHMODAT:
	case AOD_CALL_FCHMODAT2:
		log_named_chmod(n, &c);
		break;
	case AOD_CALL_CHDIR:
		n->type = AOD_LOG_CHDIR;
		break;
	default:
		n->type = AOD_LOG_TRUNCATE;
		n->args[0] = -1;
		n->args[1] = arg1;
	}
	/* Where the buffer is in use, log_build counts the event as lost. */
	if (s && !s->busy) {
		s->work[0] = n->name;
		__builtin_memcpy(s->work + 1, n->args, sizeof(n->args));
	}
	return n->type;
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(log_names, struct pt_regs *regs, long result)
{
	struct log_scratch *s;
	struct log_call c;
	__u64 name;
	__u32 type;
	__s64 dfd;
	int first;

	if (!log_call_begin(&c, regs, result))
		return 0;
	type = log_named_of(c.call, log_arg0(&c), log_arg1(&c), log_arg2(&c), log_arg3(&c));
	if (!log_admit(&c, type))
		return 0;
	s = log_build(&c, type);
	if (!s)
		return 0;
	__builtin_memcpy(s->event.args, s->work + 1, sizeof(s->event.args));
	name = s->work[0];
	dfd = type == AOD_LOG_TRUNCATE ? LOG_AT_FDCWD : (__s64)s->event.args[0];
	first = log_add_user_name(s, AOD_LOG_NAME, (const char *)name);
	if (c.call == AOD_CALL_CHDIR)
		log_set_old_dir(s, &c, first);
	else
		log_set_dir(s, &c, first, dfd);
	/* No name with AT_EMPTY_PATH is the descriptor's own file. */
	if ((first == 0 || !name) && dfd >= 0) {
		log_set_file_of_fd(s, &c, dfd);
		if (!name)
			s->event.flags &= ~AOD_LOG_F_NAME_LOST;
	}
	if (!c.call_ends)
		log_leave_task(c.state, c.who);
	log_finish(s, &c);
	return 0;
}

#endif /* AOD_LOG_FILE_NAMES_H */
