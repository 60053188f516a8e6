/* SPDX-License-Identifier: MIT */
/* scene_network.c - sockets connected: IPv4, IPv6, unix with a path, without a name, abstract. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include "network.h"
#include "scenes.h"

static void hang_up(struct task *me, int fd)
{
	place.fds[fd] = (struct file){ 0 };
	op_fstat(me, fd);
	op_close(me, fd);
}

/* The last packet of a connection may come a moment after connect has returned. */
static void wait_for_one(int listener)
{
	struct pollfd waiting = { .fd = listener, .events = POLLIN };

	must("ppoll", SYS(SYS_ppoll, &waiting, 1, NULL, NULL, 0), 1);
}

/* A connection to a listener that has its address; `client` is the address of who connects. */
static void meet(struct task *me, int listener, const struct where *server, struct where client)
{
	int family = server->address.ss_family;
	int asking = make_socket(family, SOCK_STREAM), other = make_socket(family, SOCK_STREAM);
	int got;

	ok(op_connect(me, asking, server));
	if (client.port == 0)
		client.port = port_of(asking);
	wait_for_one(listener);
	got = ok(op_accept(me, SYS_accept, listener, &client, 1, 0));
	ok(op_getpeername(me, asking, server));
	ok(op_getpeername(me, got, &client));
	hang_up(me, got);
	ok(op_connect(me, other, server));
	if (client.port > 0)
		client.port = port_of(other);
	wait_for_one(listener);
	got = ok(op_accept(me, SYS_accept4, listener, &client, 0, SOCK_CLOEXEC | SOCK_NONBLOCK));
	hang_up(me, got);
	hang_up(me, asking);
	hang_up(me, other);
}

static void internet(struct task *me, int family, struct where (*at)(const char *, int),
		     const char *local, const char *any)
{
	int listener = make_socket(family, SOCK_STREAM | SOCK_NONBLOCK);
	int second = make_socket(family, SOCK_STREAM);
	struct where server = at(local, 0);

	ok(op_bind(me, listener, &server));
	must("listen", SYS(SYS_listen, listener, 5), 0);
	server = at(local, port_of(listener));
	fails(op_bind(me, second, &server), EADDRINUSE);
	fails(op_getpeername(me, second, NULL), ENOTCONN);
	fails(op_accept(me, SYS_accept, listener, NULL, 1, 0), EAGAIN);
	fails(op_accept(me, SYS_accept4, listener, NULL, 0, 1), EINVAL);
	meet(me, listener, &server, at(local, 0));
	hang_up(me, listener);
	fails(op_connect(me, second, &server), ECONNREFUSED);
	hang_up(me, second);
	second = make_socket(family, SOCK_DGRAM);
	server = at(any, 0);
	ok(op_bind(me, second, &server));
	hang_up(me, second);
}

static void local(struct task *me, const struct where *server)
{
	int listener = make_socket(AF_UNIX, SOCK_STREAM);

	ok(op_bind(me, listener, server));
	must("listen", SYS(SYS_listen, listener, 5), 0);
	meet(me, listener, server, where_unnamed());
	hang_up(me, listener);
}

static void refused(struct task *me)
{
	struct where nobody = where_unix("nobody"), unspecific = { .family = "AF_UNSPEC", .port = -1 };
	int fd = make_socket(AF_UNIX, SOCK_STREAM), file;

	fails(op_connect(me, fd, &nobody), ENOENT);
	fails(op_connect(me, 99, &nobody), EBADF);
	fails(op_bind(me, 99, &nobody), EBADF);
	fails(op_accept(me, SYS_accept, fd, NULL, 0, 0), EINVAL);
	hang_up(me, fd);
	file = make_file(me, "no socket", path_of(work, "no socket"));
	fails(op_connect(me, file, &nobody), ENOTSOCK);
	fails(op_getpeername(me, file, NULL), ENOTSOCK);
	op_close(me, file);
	/* Undoes the connection of a datagram socket. */
	fd = make_socket(AF_INET, SOCK_DGRAM);
	unspecific.bytes = sizeof(struct sockaddr);
	ok(op_connect(me, fd, &unspecific));
	hang_up(me, fd);
}

static void pairs(struct task *me)
{
	int pair[2];

	ok(op_socketpair(me, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	hang_up(me, pair[0]);
	hang_up(me, pair[1]);
	fails(op_socketpair(me, AF_INET, SOCK_STREAM, 0, pair), EOPNOTSUPP);
	fails(op_socketpair(me, AF_UNIX, SOCK_STREAM, 77, pair), EPROTONOSUPPORT);
	fails(op_socketpair(me, AF_UNIX, SOCK_STREAM, 0, NULL), EFAULT);
}

void scene_network(struct task *me)
{
	struct where path = where_unix("a socket\xff"), abstract = where_abstract("@of \xc3\xa4\n us", 9);

	internet(me, AF_INET, where_ip4, "127.0.0.1", "0.0.0.0");
	internet(me, AF_INET6, where_ip6, "::1", "::");
	local(me, &path);
	local(me, &abstract);
	refused(me);
	pairs(me);
}
