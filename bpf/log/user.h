/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/user.h - the user class: setgid, setregid, setresgid, setuid, setreuid, setresuid. */
#ifndef AOD_LOG_USER_H
#define AOD_LOG_USER_H

/* A global function, so that the verifier does not follow each type on its own. */
__noinline __u32 log_user_type(__u64 call)
{
	switch (call) {
	case AOD_CALL_SETGID:
		return AOD_LOG_SETGID;
	case AOD_CALL_SETREGID:
		return AOD_LOG_SETREGID;
	case AOD_CALL_SETRESGID:
		return AOD_LOG_SETRESGID;
	case AOD_CALL_SETUID:
		return AOD_LOG_SETUID;
	case AOD_CALL_SETREUID:
		return AOD_LOG_SETREUID;
	default:
		return AOD_LOG_SETRESUID;
	}
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(log_user, struct pt_regs *regs, long result)
{
	struct aod_log_event *event;
	struct log_call c;
	__u32 type;

	if (!log_call_begin(&c, regs, result))
		return 0;
	type = log_user_type(c.call);
	if (!log_admit(&c, type))
		return 0;
	event = log_reserve(&c, type, 0);
	if (!event)
		return 0;
	/* -1 leaves an id as it is; the kernel takes 32 bits. */
	event->args[0] = log_int(log_arg0(&c));
	if (type != AOD_LOG_SETUID && type != AOD_LOG_SETGID)
		event->args[1] = log_int(log_arg1(&c));
	if (type == AOD_LOG_SETRESUID || type == AOD_LOG_SETRESGID)
		event->args[2] = log_int(log_arg2(&c));
	log_submit(event, &c);
	return 0;
}

#endif /* AOD_LOG_USER_H */
