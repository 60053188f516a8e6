/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* network_expect.h - part of network.c: one call each, and the event that is expected of it. */
#ifndef NETWORK_EXPECT_H
#define NETWORK_EXPECT_H

static void expect_bind(int fd, const union address *address, socklen_t length)
{
	expect("BIND", "BIND", outcome(bind(fd, &address->any, length)), 2, (ll)fd, (ll)length);
	with("address", address, length);
}

static void expect_connect(int fd, const union address *address, socklen_t length)
{
	expect("CONNECT", "CONNECT", outcome(connect(fd, &address->any, length)), 2, (ll)fd, (ll)length);
	with("address", address, length);
}

/* Where a socket is bound to, which the log does not hold: getsockname is no event. */
static socklen_t own_address(int fd, union address *address)
{
	socklen_t length = sizeof(*address);

	memset(address, 0, sizeof(*address));
	must(!getsockname(fd, &address->any, &length), "getsockname");
	return length;
}

static void expect_send(int fd, const void *data, size_t bytes, int flags, const union address *peer,
			socklen_t length)
{
	expect("SEND", "SENDTO", outcome(sendto(fd, data, bytes, flags, NULL, 0)), 6, (ll)fd, (ll)bytes, (ll)flags,
	       0LL, 0LL, 0LL);
	if (peer) {
		with("address", peer, length);
		with_flag("PEER");
	}
}

static void expect_receive(int fd, size_t bytes, int flags, const union address *peer, socklen_t length)
{
	static char data[65536];

	expect("RECEIVE", "RECVFROM", outcome(recvfrom(fd, data, bytes, flags, NULL, NULL)), 6, (ll)fd, (ll)bytes,
	       (ll)flags, 0LL, 0LL, 0LL);
	if (peer) {
		with("address", peer, length);
		with_flag("PEER");
	}
}

/* Accepts; the address is asked for, or not. */
static int expect_accept(int fd, int ask, int flags, const union address *peer, socklen_t length)
{
	union address found;
	socklen_t found_bytes = sizeof(found);
	ll result;

	if (flags)
		result = outcome(syscall(SYS_accept4, fd, ask ? &found : NULL, ask ? &found_bytes : NULL, flags));
	else
		result = outcome(syscall(SYS_accept, fd, ask ? &found : NULL, ask ? &found_bytes : NULL));
	must(result >= 0, "accept");
	expect("ACCEPT", flags ? "ACCEPT4" : "ACCEPT", result, 3, (ll)fd, (ll)(ask ? found_bytes : 0), (ll)flags);
	with("address", peer, length);
	return result;
}

#endif /* NETWORK_EXPECT_H */
