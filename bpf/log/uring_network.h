/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/uring_network.h - operations of io_uring on sockets. */
#ifndef AOD_LOG_URING_NETWORK_H
#define AOD_LOG_URING_NETWORK_H

#define LOG_MSG_NOSIGNAL 0x4000 /* include/linux/socket.h: io_uring sets it for all it sends */

/* Adds the address that the kernel has copied from the program. */
static __always_inline void log_add_uring_address(struct log_scratch *s, __u64 data, __s64 bytes)
{
	if (bytes > 0)
		log_add_kernel_bytes(s, AOD_LOG_ADDRESS, (void *)data, bytes, AOD_LOG_ADDRESS_MAX);
}

/*
 * bind keeps the address in struct io_async_msghdr, or, in newer releases of the same kernels, alone.
 * Types do not tell which: the family of the socket does. Where neither place has it, none is logged.
 */
static __always_inline void log_uring_bind(struct log_scratch *s, __u64 sock, __u64 req)
{
	__u64 data = (__u64)log_read(req, struct io_kiocb, async_data);
	__u64 inside = data + bpf_core_field_offset(struct io_async_msghdr, addr);
	__s64 bytes = log_read(req, struct io_bind, addr_len);
	__u16 family = sock ? log_read(sock, struct sock, __sk_common.skc_family) : 0;

	s->event.args[1] = bytes;
	if (!data || !family)
		return;
	if (log_read(data, struct __kernel_sockaddr_storage, ss_family) == family)
		log_add_uring_address(s, data, bytes);
	else if (log_read(inside, struct __kernel_sockaddr_storage, ss_family) == family)
		log_add_uring_address(s, inside, bytes);
}

/* send with an address: as sendto. */
static __always_inline void log_uring_send(struct log_scratch *s, __u64 sock, __u64 req)
{
	__u64 name = 0, data;
	__s64 bytes = 0;

	if (bpf_core_field_exists(struct io_sr_msg, addr)) {
		name = (__u64)log_read(req, struct io_sr_msg, addr);
		bytes = name ? log_read(req, struct io_sr_msg, addr_len) : 0;
		s->event.args[3] = bytes;
		log_add_message_address(s, sock, name, bytes);
		return;
	}
	data = (__u64)log_read(req, struct io_kiocb, async_data);
	if (data && bpf_core_field_exists(struct io_kiocb, cmd))
		bytes = log_read(data, struct io_async_msghdr, msg.msg_namelen);
	s->event.args[3] = bytes;
	if (bytes > 0)
		log_add_uring_address(s, data + bpf_core_field_offset(struct io_async_msghdr, addr), bytes);
	else
		log_add_known_peer(s, sock);
}

static __always_inline void log_uring_network(struct log_scratch *s, __u64 req, __u32 op, __u64 sock)
{
	__s64 bytes;

	if (op == LOG_OP_ACCEPT) {
		s->event.args[2] = log_int(log_read(req, struct io_accept, flags));
	} else if (op == LOG_OP_CONNECT) {
		bytes = log_read(req, struct io_connect, addr_len);
		s->event.args[1] = bytes;
		log_add_user_address(s, (__u64)log_read(req, struct io_connect, addr), bytes);
	} else if (op == LOG_OP_BIND) {
		if (bpf_core_type_exists(struct io_bind))
			log_uring_bind(s, sock, req);
	} else {
		s->event.args[2] = log_int(log_read(req, struct io_sr_msg, msg_flags));
		if (s->event.type == AOD_LOG_SEND)
			s->event.args[2] &= ~(__u64)LOG_MSG_NOSIGNAL;
		if (op == LOG_OP_SENDMSG || op == LOG_OP_RECVMSG || op == LOG_OP_SENDMSG_ZC) {
			log_fill_message(s, sock, (__u64)log_read(req, struct io_sr_msg, umsg));
			return;
		}
		s->event.args[1] = log_read_int(req, struct io_sr_msg, len);
		if (op == LOG_OP_RECV)
			log_add_known_peer(s, sock);
		else
			log_uring_send(s, sock, req);
	}
}

#endif /* AOD_LOG_URING_NETWORK_H */
