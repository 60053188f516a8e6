/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/file_two_names.h - rename, link, symlink and their *at spellings. */
#ifndef AOD_LOG_FILE_TWO_NAMES_H
#define AOD_LOG_FILE_TWO_NAMES_H

struct log_two_named {
	__u32 type;
	__u64 name, name2;
	__u64 args[3];
};

/* olddir, oldname, newdir, newname, flags */
static __always_inline void log_two_named_at(struct log_two_named *n, const struct log_call *c)
{
	n->args[0] = log_int(log_arg0(c));
	n->name = log_arg1(c);
	n->args[1] = log_int(log_arg2(c));
	n->name2 = log_arg3(c);
}

static __always_inline void log_two_named_of(struct log_two_named *n, const struct log_call *c)
{
	n->type = AOD_LOG_RENAME;
	n->name = log_arg0(c);
	n->name2 = log_arg1(c);
	n->args[0] = LOG_AT_FDCWD;
	n->args[1] = LOG_AT_FDCWD;
	n->args[2] = 0;
	switch (c->call) {
	case AOD_CALL_RENAME:
		return;
	case AOD_CALL_RENAMEAT:
		log_two_named_at(n, c);
		return;
	case AOD_CALL_RENAMEAT2:
		log_two_named_at(n, c);
		n->args[2] = (__u32)log_arg4(c);
		return;
	case AOD_CALL_LINK:
		n->type = AOD_LOG_LINK;
		return;
	case AOD_CALL_LINKAT:
		log_two_named_at(n, c);
		n->type = AOD_LOG_LINK;
		n->args[2] = (__u32)log_arg4(c);
		return;
	}
	n->type = AOD_LOG_SYMLINK;
	n->args[0] = 0;
	if (c->call == AOD_CALL_SYMLINK)
		return;
	n->args[1] = log_int(log_arg1(c));
	n->name2 = log_arg2(c);
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(log_two_names, struct pt_regs *regs, long result)
{
	struct log_two_named n;
	struct log_scratch *s;
	struct log_call c;
	int first, first2;

	if (!log_call_begin(&c, regs, result))
		return 0;
	log_two_named_of(&n, &c);
	if (n.type == AOD_LOG_RENAME && result == 0)
		log_names_changed(c.config);
	if (!log_admit(&c, n.type))
		return 0;
	s = log_build(&c, n.type);
	if (!s)
		return 0;
	__builtin_memcpy(s->event.args, n.args, sizeof(n.args));
	first = log_add_user_name(s, AOD_LOG_NAME, (const char *)n.name);
	first2 = log_add_user_name(s, AOD_LOG_NAME2, (const char *)n.name2);
	/* What a symbolic link points to is not looked up from here. */
	if (n.type != AOD_LOG_SYMLINK)
		log_set_dir(s, &c, first, (__s64)n.args[0]);
	log_set_dir2(s, &c, first2, (__s64)n.args[1]);
	log_finish(s, &c);
	return 0;
}

#endif /* AOD_LOG_FILE_TWO_NAMES_H */
