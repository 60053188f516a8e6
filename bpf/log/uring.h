/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/uring.h - operations submitted to io_uring, where a tracepoint shows them: one event when the
 * kernel has taken the operation over from the program. What comes of it is not known then. The thread
 * is the one that submits: with IORING_SETUP_SQPOLL the kernel's own, in the program's thread group.
 *
 * An operation that the kernel refuses to take (EINVAL for its fields) is not seen.
 */
#ifndef AOD_LOG_URING_H
#define AOD_LOG_URING_H

#define LOG_AT_REMOVEDIR 0x200 /* include/uapi/linux/fcntl.h */

/* The type of the event; 0 where the operation is not logged. */
static __always_inline __u32 log_uring_type(__u64 req, __u32 op)
{
	switch (op) {
	case LOG_OP_OPENAT:
	case LOG_OP_OPENAT2:
		return AOD_LOG_OPEN;
	case LOG_OP_CLOSE:
		return AOD_LOG_CLOSE;
	case LOG_OP_STATX:
		return AOD_LOG_STAT;
	case LOG_OP_READV:
	case LOG_OP_READ_FIXED:
	case LOG_OP_READ:
	case LOG_OP_READ_MULTISHOT:
	case LOG_OP_READV_FIXED:
		return AOD_LOG_READ;
	case LOG_OP_WRITEV:
	case LOG_OP_WRITE_FIXED:
	case LOG_OP_WRITE:
	case LOG_OP_WRITEV_FIXED:
		return AOD_LOG_WRITE;
	case LOG_OP_RENAMEAT:
		return AOD_LOG_RENAME;
	case LOG_OP_UNLINKAT:
		return log_read(req, struct io_unlink, flags) & LOG_AT_REMOVEDIR ? AOD_LOG_RMDIR : AOD_LOG_DELETE;
	case LOG_OP_MKDIRAT:
		return AOD_LOG_MKDIR;
	case LOG_OP_SYMLINKAT:
		return AOD_LOG_SYMLINK;
	case LOG_OP_LINKAT:
		return AOD_LOG_LINK;
	case LOG_OP_FTRUNCATE:
		return AOD_LOG_TRUNCATE;
	case LOG_OP_SEND:
	case LOG_OP_SENDMSG:
	case LOG_OP_SEND_ZC:
	case LOG_OP_SENDMSG_ZC:
		return AOD_LOG_SEND;
	case LOG_OP_RECV:
	case LOG_OP_RECVMSG:
		return AOD_LOG_RECEIVE;
	case LOG_OP_ACCEPT:
		return AOD_LOG_ACCEPT;
	case LOG_OP_CONNECT:
		return AOD_LOG_CONNECT;
	case LOG_OP_BIND:
		return AOD_LOG_BIND;
	default:
		return 0;
	}
}

/* A file of the ring's own table; 0 where the index is not in use. */
static __always_inline __u64 log_uring_fixed_file(__u64 req, __u32 index)
{
	__u64 ctx = (__u64)log_read(req, struct io_kiocb, ctx), entry;

	if (bpf_core_field_exists(struct io_ring_ctx___nodes, file_table.data.nodes)) {
		if (index >= log_read(ctx, struct io_ring_ctx___nodes, file_table.data.nr))
			return 0;
		entry = (__u64)log_read(ctx, struct io_ring_ctx___nodes, file_table.data.nodes);
		entry = log_kernel_u64(entry + index * sizeof(void *));
		return entry ? log_read(entry, struct io_rsrc_node___file, file_ptr) & LOG_FILE_POINTER : 0;
	}
	if (!bpf_core_field_exists(struct io_ring_ctx___array, file_table.files))
		return 0;
	if (index >= log_read(ctx, struct io_ring_ctx___array, nr_user_files))
		return 0;
	entry = (__u64)log_read(ctx, struct io_ring_ctx___array, file_table.files);
	return log_kernel_u64(entry + index * sizeof(void *)) & LOG_FILE_POINTER;
}

/* The open file that the operation works on, and in *fd what the program called it by. */
static __always_inline __u64 log_uring_file(const struct log_call *c, struct aod_log_event *event,
					    __u64 req, __u32 op, __s64 *fd)
{
	int fixed = log_read_int(req, struct io_kiocb, flags) & LOG_REQ_FIXED_FILE;

	if (op == LOG_OP_CLOSE) {
		*fd = log_read(req, struct io_close, fd);
		if (bpf_core_field_exists(struct io_close, file_slot) && log_read(req, struct io_close, file_slot)) {
			*fd = log_read(req, struct io_close, file_slot) - 1;
			fixed = 1;
		}
	} else if (bpf_core_field_exists(struct io_kiocb, cqe)) {
		*fd = log_read(req, struct io_kiocb, cqe.fd);
	} else {
		/* Before 6.0 the kernel has looked it up already and forgotten the number. */
		*fd = -1;
		return (__u64)log_read(req, struct io_kiocb, file);
	}
	if (!fixed)
		return log_fd(c, *fd);
	event->flags |= AOD_LOG_F_FIXED_FILE;
	return log_uring_fixed_file(req, *fd);
}

static __always_inline void log_uring_read_write(struct aod_log_event *event, __u64 req, __u32 op)
{
	__u64 length = log_read_int(req, struct io_rw, len);

	event->args[1] = length;
	event->args[2] = log_read(req, struct io_rw, kiocb.ki_pos);
	if (op == LOG_OP_READV || op == LOG_OP_WRITEV || op == LOG_OP_READV_FIXED || op == LOG_OP_WRITEV_FIXED) {
		event->args[1] = log_vector_bytes(event, log_read(req, struct io_rw, addr), length);
		event->args[3] = length;
	}
	if (bpf_core_field_exists(struct io_rw, flags))
		event->args[4] = log_int(log_read(req, struct io_rw, flags));
}

static __always_inline int log_uring(__u64 req)
{
	__u32 op = log_read(req, struct io_kiocb, opcode), type = log_uring_type(req, op);
	struct log_uring_names names = {};
	struct log_file found = {};
	struct log_scratch *s;
	struct log_call c;
	__u64 file = 0;
	__s64 fd = -1;

	if (!type || !log_moment_begin(&c))
		return 0;
	if (type == AOD_LOG_RENAME)
		log_names_changed(c.config);
	/* What the program points to is laid out in another way. */
	if (log_is_compat(c.task)) {
		log_count(AOD_LOG_C_COMPAT);
		return 0;
	}
	c.nr = op;
	if (!log_admit(&c, type))
		return 0;
	s = log_build(&c, type);
	if (!s)
		return 0;
	s->event.flags |= AOD_LOG_F_IO_URING;
	if (type == AOD_LOG_OPEN || type == AOD_LOG_STAT || type == AOD_LOG_DELETE || type == AOD_LOG_RMDIR ||
	    type == AOD_LOG_MKDIR) {
		log_uring_names(&s->event, req, op, &names);
		log_add_uring_names(s, &c, &names);
	} else if (type == AOD_LOG_RENAME || type == AOD_LOG_LINK || type == AOD_LOG_SYMLINK) {
		log_uring_two_names(&s->event, req, op, &names);
		log_add_uring_names(s, &c, &names);
	} else {
		file = log_uring_file(&c, &s->event, req, op, &fd);
		s->event.args[0] = fd;
		if (type >= AOD_LOG_CONNECT) {
			log_uring_network(s, req, op, log_sock_of(file));
		} else {
			log_file_of(&found, &c, file);
			log_set_file(&s->event, &found);
			if (type == AOD_LOG_CLOSE)
				s->event.args[1] = fd;
			else if (type != AOD_LOG_TRUNCATE)
				log_uring_read_write(&s->event, req, op);
			else if (bpf_core_type_exists(struct io_ftrunc))
				s->event.args[1] = log_read(req, struct io_ftrunc, len);
		}
	}
	log_finish(s, &c);
	return 0;
}

/* Since 6.4 */
SEC("?tp_btf/io_uring_submit_req")
int log_uring_submit_req(unsigned long long *ctx)
{
	return log_uring(ctx[0]);
}

/* Until 6.3; before 6.0 the ring comes first. */
SEC("?tp_btf/io_uring_submit_sqe")
int log_uring_submit_sqe(unsigned long long *ctx)
{
	if (bpf_core_field_exists(struct io_kiocb, cmd))
		return log_uring(ctx[0]);
	return log_uring(ctx[1]);
}

/*
 * A rename that is done: paths that were told may be others now. Not seen, so that only its submission
 * counts: before 6.0, where the tracepoint does not say which operation it is of, and an operation that
 * asks for no completion (IOSQE_CQE_SKIP_SUCCESS).
 */
SEC("?tp_btf/io_uring_complete")
int log_uring_complete(unsigned long long *ctx)
{
	struct aod_log_config *config;
	__u64 req;

	if (!bpf_core_field_exists(struct io_kiocb, cmd))
		return 0;
	req = ctx[1]; /* 0 for what is no operation's own end */
	if (!req || log_read(req, struct io_kiocb, opcode) != LOG_OP_RENAMEAT)
		return 0;
	config = log_configuration();
	if (config)
		log_names_changed(config);
	return 0;
}

#endif /* AOD_LOG_URING_H */
