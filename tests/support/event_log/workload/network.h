/* SPDX-License-Identifier: MIT */
/* network.h - sockets: each function makes one call and writes the lines that the log must hold. */
#ifndef TRUTH_NETWORK_H
#define TRUTH_NETWORK_H

#include <sys/socket.h>
#include "files.h"

/* An address, and how it reads. */
struct where {
	struct sockaddr_storage address;
	socklen_t bytes;
	const char *family;
	int port; /* -1: has none */
	const char *text; /* NULL: has none */
	size_t text_bytes;
	int abstract;
};

extern const struct where nowhere;
struct where where_ip4(const char *text, int port);
struct where where_ip6(const char *text, int port);
struct where where_unix(const char *path);
struct where where_unnamed(void);
struct where where_abstract(const char *name, size_t bytes);
/* The address that the kernel gave a socket, without a call of the log's. */
int port_of(int fd);

/* A message and what becomes of it. */
struct message {
	const char *text;
	const struct where *to; /* of a receive: where it came from */
	int is_peer; /* the call names no address: `to` is the socket's peer */
};

int make_socket(int family, int type);
long op_connect(struct task *me, int fd, const struct where *to);
long op_bind(struct task *me, int fd, const struct where *at);
/* from: whom it must be; NULL where it fails. With `ask` 0 the call has no room for an address. */
long op_accept(struct task *me, long nr, int fd, const struct where *from, int ask, int flags);
long op_getpeername(struct task *me, int fd, const struct where *peer);
long op_socketpair(struct task *me, int family, int type, int protocol, int *pair);
long op_send(struct task *me, long nr, int fd, const struct message *message, int flags);
long op_receive(struct task *me, long nr, int fd, const struct message *message, size_t room,
		int flags);
long op_sendmmsg(struct task *me, int fd, const struct message *messages, int n, int sent, int flags);
long op_recvmmsg(struct task *me, int fd, const struct message *messages, int n, int came, int flags);

#endif /* TRUTH_NETWORK_H */
