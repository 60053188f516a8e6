/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/file_rw.h - read and write, and their vector and positioned spellings. */
#ifndef AOD_LOG_FILE_RW_H
#define AOD_LOG_FILE_RW_H

static __always_inline __u32 log_rw_type(__u32 call)
{
	return call <= AOD_CALL_PREADV2 ? AOD_LOG_READ : AOD_LOG_WRITE;
}

/* What a read or a write was asked for. The vectors are summed up before the event is reserved. */
static __always_inline void log_rw_args(__u64 args[5], __u32 *flags, const struct log_call *c)
{
	__u32 call = c->call;
	__u64 sum;

	args[0] = log_int(log_arg0(c));
	args[1] = log_arg2(c);
	args[2] = -1;
	args[3] = 0;
	args[4] = 0;
	switch (call) {
	case AOD_CALL_READ:
	case AOD_CALL_WRITE:
		return;
	case AOD_CALL_PREAD64:
	case AOD_CALL_PWRITE64:
		args[2] = log_arg3(c);
		return;
	}
	args[3] = args[1];
	sum = log_sum_vectors(log_arg1(c), args[3]);
	args[1] = sum & ~LOG_VECTORS_ARE_CUT;
	if (sum & LOG_VECTORS_ARE_CUT)
		*flags |= AOD_LOG_F_VECTORS_CUT;
	if (call == AOD_CALL_READV || call == AOD_CALL_WRITEV)
		return;
	/* The upper half of the offset is in the next argument, but only where a long has 32 bits. */
	args[2] = log_arg3(c);
	if (call == AOD_CALL_PREADV2 || call == AOD_CALL_PWRITEV2)
		args[4] = log_int(log_arg5(c));
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(log_read_write, struct pt_regs *regs, long result)
{
	struct aod_log_event *event;
	struct log_file file;
	struct log_call c;
	__u32 flags = 0;
	__u64 args[5];

	if (!log_call_begin(&c, regs, result))
		return 0;
	if (!log_admit(&c, log_rw_type(c.call)))
		return 0;
	log_rw_args(args, &flags, &c);
	log_file_of_fd(&file, &c, (__s64)args[0]);
	event = log_reserve(&c, log_rw_type(c.call), &file);
	if (!event)
		return 0;
	__builtin_memcpy(event->args, args, sizeof(args));
	event->flags |= flags;
	log_submit(event, &c);
	return 0;
}

#endif /* AOD_LOG_FILE_RW_H */
