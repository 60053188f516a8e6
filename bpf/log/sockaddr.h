/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/sockaddr.h - addresses of network events: from user memory, or the peer that a socket has.
 */
#ifndef AOD_LOG_SOCKADDR_H
#define AOD_LOG_SOCKADDR_H

/* include/linux/socket.h */
#define LOG_AF_UNIX 1
#define LOG_AF_INET 2
#define LOG_AF_INET6 10

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct in6_addr {
	__u8 bytes[16];
};

struct sock_common {
	__u32 skc_daddr;
	__u16 skc_dport;
	unsigned short skc_family;
	int skc_bound_dev_if;
	struct in6_addr skc_v6_daddr;
};

struct sock {
	struct sock_common __sk_common;
};

struct socket {
	struct file *file;
	struct sock *sk;
};

struct sockaddr_un {
	unsigned short sun_family;
};

struct unix_address {
	int len;
	struct sockaddr_un name[0];
};

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};

struct file___socket {
	void *private_data;
};

#pragma clang attribute pop

/* include/uapi/linux/in.h, in6.h */
struct log_sockaddr_in {
	__u16 family;
	__u16 port;
	__u32 address;
	__u64 zero;
};

struct log_sockaddr_in6 {
	__u16 family;
	__u16 port;
	__u32 flow;
	__u8 address[16];
	__u32 scope;
};

/* Address of the struct sock of an open file; 0 where it is no socket. */
static __always_inline __u64 log_sock_of(__u64 file)
{
	__u64 inode, socket;

	if (!file)
		return 0;
	inode = (__u64)log_read(file, struct file, f_inode);
	if (!inode || (log_read(inode, struct inode, i_mode) & LOG_S_IFMT) != LOG_S_IFSOCK)
		return 0;
	socket = (__u64)log_read(file, struct file___socket, private_data);
	/* A socket's name in a file system has the same type, but no socket behind it. */
	if (!socket || (__u64)log_read(socket, struct socket, file) != file)
		return 0;
	return (__u64)log_read(socket, struct socket, sk);
}

static __always_inline __u64 log_sock_of_fd(const struct log_call *c, __s64 fd)
{
	return log_sock_of(log_fd(c, fd));
}

static __always_inline int log_add_peer_inet(struct log_scratch *s, __u64 sock)
{
	struct log_sockaddr_in *peer = (void *)log_next_item(s);

	peer->family = LOG_AF_INET;
	peer->port = log_read(sock, struct sock, __sk_common.skc_dport);
	peer->address = log_read(sock, struct sock, __sk_common.skc_daddr);
	peer->zero = 0;
	/* As getpeername sees it: the address of a connect that failed may still be there. */
	if (!peer->port)
		return -1;
	log_end_item(s, AOD_LOG_ADDRESS, sizeof(*peer), 0);
	return 0;
}

static __always_inline int log_add_peer_inet6(struct log_scratch *s, __u64 sock)
{
	struct log_sockaddr_in6 *peer = (void *)log_next_item(s);

	/* Kernels without IPv6 have no such sockets. */
	if (!bpf_core_field_exists(struct sock_common, skc_v6_daddr))
		return -1;
	peer->family = LOG_AF_INET6;
	peer->port = log_read(sock, struct sock, __sk_common.skc_dport);
	peer->flow = 0;
	peer->scope = 0;
	if (bpf_core_read(peer->address, sizeof(peer->address),
			  &((struct sock *)sock)->__sk_common.skc_v6_daddr))
		return -1;
	if (!peer->port)
		return -1;
	/* A link-local address (fe80::/10) means nothing without its interface. */
	if (peer->address[0] == 0xfe && (peer->address[1] & 0xc0) == 0x80)
		peer->scope = log_read(sock, struct sock, __sk_common.skc_bound_dev_if);
	log_end_item(s, AOD_LOG_ADDRESS, sizeof(*peer), 0);
	return 0;
}

static __always_inline int log_add_peer_unix(struct log_scratch *s, __u64 sock)
{
	__u16 family = LOG_AF_UNIX;
	__u64 peer, address;
	int length;

	if (!bpf_core_type_exists(struct unix_sock))
		return -1;
	peer = (__u64)log_read(sock, struct unix_sock, peer);
	if (!peer)
		return -1;
	address = (__u64)log_read(peer, struct unix_sock, addr);
	/* A socket without a name: its family, as getpeername says it. */
	if (!address)
		return log_add_kernel_bytes(s, AOD_LOG_ADDRESS, &family, sizeof(family), sizeof(family));
	length = log_read(address, struct unix_address, len);
	address += bpf_core_field_offset(struct unix_address, name);
	if (length < (int)sizeof(family))
		return -1;
	return log_add_kernel_bytes(s, AOD_LOG_ADDRESS, (void *)address, length, AOD_LOG_ADDRESS_MAX);
}

/* Adds the address a socket is connected to. -1 where it is not, or its family is another. */
static __always_inline int log_add_peer(struct log_scratch *s, __u64 sock)
{
	if (!sock)
		return -1;
	switch (log_read(sock, struct sock, __sk_common.skc_family)) {
	case LOG_AF_INET:
		return log_add_peer_inet(s, sock);
	case LOG_AF_INET6:
		return log_add_peer_inet6(s, sock);
	case LOG_AF_UNIX:
		return log_add_peer_unix(s, sock);
	default:
		return -1;
	}
}

/* The same for a call that names no address itself. */
static __always_inline void log_add_known_peer(struct log_scratch *s, __u64 sock)
{
	if (!log_add_peer(s, sock))
		s->event.flags |= AOD_LOG_F_PEER;
}

/* Adds an address of user memory. */
static __always_inline void log_add_user_address(struct log_scratch *s, __u64 address, __s64 bytes)
{
	if (address && bytes > 0)
		log_add_user_bytes(s, AOD_LOG_ADDRESS, (const void *)address, bytes, AOD_LOG_ADDRESS_MAX);
}

/* The length behind a pointer that the call may write; 0 where there is none. */
static __always_inline __s64 log_user_length(__u64 pointer)
{
	int length = 0;

	if (pointer)
		bpf_probe_read_user(&length, sizeof(length), (const void *)pointer);
	return length;
}

#endif /* AOD_LOG_SOCKADDR_H */
