/* SPDX-License-Identifier: MIT */
/* scene_messages.c - messages: to an address, to a peer, several at once, and none. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/socket.h>
#include "network.h"
#include "scenes.h"

#define ROOM 100

static int bound(struct task *me, int family, int type, struct where *at)
{
	int fd = make_socket(family, type);

	ok(op_bind(me, fd, at));
	if (at->port == 0) {
		*at = family == AF_INET ? where_ip4(at->text, port_of(fd)) :
					  where_ip6(at->text, port_of(fd));
	}
	return fd;
}

/* Two sockets that know each other's address by name only. */
static void named_ones(struct task *me, int family, struct where a, struct where b)
{
	int from = bound(me, family, SOCK_DGRAM, &a), to = bound(me, family, SOCK_DGRAM, &b);
	struct message there = { "five!", &b, 0 }, came = { "", &a, 0 }, nothing = { "", NULL, 0 };
	struct message many[3] = { { "1", &b, 0 }, { "four", &b, 0 }, { "", &b, 0 } };
	struct message three[3] = { { "", &a, 0 }, { "", &a, 0 }, { "", &a, 0 } };

	must("sendto", op_send(me, SYS_sendto, from, &there, 0), 5);
	must("recvfrom", op_receive(me, SYS_recvfrom, to, &came, ROOM, 0), 5);
	must("sendmsg", op_send(me, SYS_sendmsg, from, &there, MSG_NOSIGNAL), 5);
	must("recvmsg", op_receive(me, SYS_recvmsg, to, &came, 3, MSG_PEEK), 3);
	must("recvmsg", op_receive(me, SYS_recvmsg, to, &came, ROOM, 0), 5);
	op_sendmmsg(me, from, many, 3, 3, 0);
	op_recvmmsg(me, to, three, 3, 3, 0);
	op_sendmmsg(me, from, many, 1, 1, MSG_DONTWAIT);
	/* Room for three, of which one comes. */
	op_recvmmsg(me, to, three, 3, 1, MSG_DONTWAIT);
	fails(op_receive(me, SYS_recvfrom, to, &nothing, ROOM, MSG_DONTWAIT), EAGAIN);
	fails(op_receive(me, SYS_recvmsg, to, &nothing, ROOM, MSG_DONTWAIT), EAGAIN);
	op_recvmmsg(me, to, &nothing, 1, -EAGAIN, MSG_DONTWAIT);
	op_close_range(me, from, to, 0);
}

/* Connected ones: the calls name nobody. */
static void peers(struct task *me)
{
	struct where a = where_ip4("127.0.0.2", 0), b = where_ip4("127.0.0.3", 0);
	int from = bound(me, AF_INET, SOCK_DGRAM, &a), to = bound(me, AF_INET, SOCK_DGRAM, &b);
	struct message there = { "to a peer", &b, 1 }, came = { "", &a, 1 };
	struct message many[2] = { { "22", &b, 1 }, { "333", &b, 1 } };

	ok(op_connect(me, from, &b));
	ok(op_connect(me, to, &a));
	must("sendto", op_send(me, SYS_sendto, from, &there, 0), 9);
	must("recvfrom", op_receive(me, SYS_recvfrom, to, &came, ROOM, 0), 9);
	must("sendmsg", op_send(me, SYS_sendmsg, from, &there, 0), 9);
	must("recvmsg", op_receive(me, SYS_recvmsg, to, &came, ROOM, 0), 9);
	op_sendmmsg(me, from, many, 2, 2, 0);
	must("recvfrom", op_receive(me, SYS_recvfrom, to, &came, ROOM, MSG_TRUNC), 2);
	op_close_range(me, from, to, 0);
}

static void stream(struct task *me)
{
	struct where unnamed = where_unnamed();
	struct message there = { "through a stream", &unnamed, 1 }, came = { "", &unnamed, 1 };
	struct message nobody = { "nobody", NULL, 0 };
	int pair[2], alone = make_socket(AF_UNIX, SOCK_STREAM);

	ok(op_socketpair(me, AF_UNIX, SOCK_STREAM, 0, pair));
	must("sendto", op_send(me, SYS_sendto, pair[0], &there, 0), 16);
	must("recvfrom", op_receive(me, SYS_recvfrom, pair[1], &came, 7, 0), 7);
	must("recvmsg", op_receive(me, SYS_recvmsg, pair[1], &came, ROOM, 0), 9);
	fails(op_receive(me, SYS_recvmsg, pair[1], &came, ROOM, MSG_DONTWAIT), EAGAIN);
	must("shutdown", SYS(SYS_shutdown, pair[0], SHUT_WR), 0);
	fails(op_send(me, SYS_sendto, pair[0], &there, MSG_NOSIGNAL), EPIPE);
	must("recvfrom at the end", op_receive(me, SYS_recvfrom, pair[1], &came, ROOM, 0), 0);
	fails(op_send(me, SYS_sendto, alone, &nobody, 0), ENOTCONN);
	fails(op_send(me, SYS_sendmsg, 99, &nobody, 0), EBADF);
	fails(op_receive(me, SYS_recvfrom, 99, &nobody, 1, 0), EBADF);
	op_sendmmsg(me, 99, &nobody, 1, -EBADF, 0);
	op_close_range(me, pair[0], pair[1], 0);
	op_close_range(me, alone, alone, 0);
}

void scene_messages(struct task *me)
{
	named_ones(me, AF_INET, where_ip4("127.0.0.2", 0), where_ip4("127.0.0.3", 0));
	named_ones(me, AF_INET6, where_ip6("::1", 0), where_ip6("::1", 0));
	named_ones(me, AF_UNIX, where_unix("\xff.a"), where_abstract("@\x01\x02z", 4));
	peers(me);
	stream(me);
}
