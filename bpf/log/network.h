/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/network.h - handlers of the network class; sendmmsg and recvmmsg are in log/messages.h. */
#ifndef AOD_LOG_NETWORK_H
#define AOD_LOG_NETWORK_H

/* include/linux/socket.h: struct user_msghdr */
struct log_msghdr {
	__u64 name;
	__s32 name_bytes;
	__u32 pad;
	__u64 vectors;
	__u64 vector_count;
	__u64 control;
	__u64 control_bytes;
	__u32 flags;
	__u32 pad2;
};

static __always_inline __u32 log_network_type(__u32 call)
{
	switch (call) {
	case AOD_CALL_CONNECT:
		return AOD_LOG_CONNECT;
	case AOD_CALL_BIND:
		return AOD_LOG_BIND;
	case AOD_CALL_GETPEERNAME:
		return AOD_LOG_GETPEERNAME;
	case AOD_CALL_SENDTO:
	case AOD_CALL_SENDMSG:
	case AOD_CALL_SENDMMSG:
		return AOD_LOG_SEND;
	case AOD_CALL_RECVFROM:
	case AOD_CALL_RECVMSG:
	case AOD_CALL_RECVMMSG:
		return AOD_LOG_RECEIVE;
	case AOD_CALL_SOCKETPAIR:
		return AOD_LOG_SOCKETPAIR;
	default:
		return AOD_LOG_ACCEPT;
	}
}

/*
 * The address of a message: what the call named, else the peer. A call that receives and failed has
 * written none, one that is only submitted not yet, and one on a connected stream writes none.
 */
static __always_inline void log_add_message_address(struct log_scratch *s, __u64 sock, __u64 name,
						    __s64 name_bytes)
{
	int written = s->event.type == AOD_LOG_SEND ||
		      (s->event.result >= 0 && !(s->event.flags & AOD_LOG_F_IO_URING));

	if (name && name_bytes > 0 && written)
		log_add_user_address(s, name, name_bytes);
	else
		log_add_known_peer(s, sock);
}

/* sendmsg and recvmsg: their header at a user address. */
static __always_inline void log_fill_message(struct log_scratch *s, __u64 sock, __u64 at)
{
	struct log_msghdr header = {};

	if (bpf_probe_read_user(&header, sizeof(header), (const void *)at)) {
		s->event.flags |= AOD_LOG_F_NAME_LOST;
		return;
	}
	s->event.args[1] = log_vector_bytes(&s->event, header.vectors, header.vector_count);
	s->event.args[3] = header.name ? log_int(header.name_bytes) : 0;
	log_add_message_address(s, sock, header.name, header.name_bytes);
}

static __always_inline void log_fill_transfer(struct log_scratch *s, const struct log_call *c)
{
	__u64 sock = log_sock_of_fd(c, log_int(log_arg0(c))), name;
	__s64 name_bytes = 0;

	if (c->call == AOD_CALL_SENDMSG || c->call == AOD_CALL_RECVMSG) {
		s->event.args[2] = log_int(log_arg2(c));
		log_fill_message(s, sock, log_arg1(c));
		return;
	}
	s->event.args[1] = log_arg2(c);
	s->event.args[2] = log_int(log_arg3(c));
	name = log_arg4(c);
	if (name)
		name_bytes = c->call == AOD_CALL_SENDTO ? log_int(log_arg5(c)) : log_user_length(log_arg5(c));
	s->event.args[3] = name_bytes;
	log_add_message_address(s, sock, name, name_bytes);
}

/* accept and getpeername: whose peer it is, and where the program wants to have its address. */
static __always_inline void log_fill_peer(struct log_scratch *s, const struct log_call *c)
{
	__u64 name = log_arg1(c);
	__s64 name_bytes = name ? log_user_length(log_arg2(c)) : 0;
	__s64 fd = c->call == AOD_CALL_GETPEERNAME ? log_int(log_arg0(c)) : c->result;

	s->event.args[1] = name_bytes;
	if (c->call == AOD_CALL_ACCEPT4)
		s->event.args[2] = log_int(log_arg3(c));
	if (c->result < 0)
		return;
	/* The socket knows it in whole, however small the program's buffer was. */
	if (log_add_peer(s, log_sock_of_fd(c, fd)))
		log_add_user_address(s, name, name_bytes);
}

static __always_inline void log_fill_socketpair(struct log_scratch *s, const struct log_call *c)
{
	int ends[2] = { -1, -1 };

	s->event.args[0] = log_int(log_arg0(c));
	s->event.args[1] = log_int(log_arg1(c));
	s->event.args[2] = log_int(log_arg2(c));
	if (c->result == 0 && bpf_probe_read_user(ends, sizeof(ends), (const void *)log_arg3(c))) {
		ends[0] = ends[1] = -1;
		s->event.flags |= AOD_LOG_F_NAME_LOST;
	}
	s->event.args[3] = log_int(ends[0]);
	s->event.args[4] = log_int(ends[1]);
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(log_network, struct pt_regs *regs, long result)
{
	struct log_scratch *s;
	struct log_call c;
	__u32 type;

	if (!log_call_begin(&c, regs, result))
		return 0;
	type = log_network_type(c.call);
	if (!log_admit(&c, type))
		return 0;
	s = log_build(&c, type);
	if (!s)
		return 0;
	s->event.args[0] = log_int(log_arg0(&c));
	if (type == AOD_LOG_SEND || type == AOD_LOG_RECEIVE) {
		log_fill_transfer(s, &c);
	} else if (type == AOD_LOG_CONNECT || type == AOD_LOG_BIND) {
		s->event.args[1] = log_int(log_arg2(&c));
		log_add_user_address(s, log_arg1(&c), log_int(log_arg2(&c)));
	} else if (type == AOD_LOG_SOCKETPAIR) {
		log_fill_socketpair(s, &c);
	} else {
		log_fill_peer(s, &c);
	}
	log_finish(s, &c);
	return 0;
}

#endif /* AOD_LOG_NETWORK_H */
