/* SPDX-License-Identifier: MIT */
/* network.c - calls on sockets that carry no message. */
#include <string.h>
#include "messages.h"

void f_where(struct task *me, const struct where *where)
{
	if (where == NULL || where->family == NULL) {
		f_null(me, "family");
		f_null(me, "port");
		f_null(me, "addr");
		return;
	}
	f_name(me, "family", where->family);
	if (where->port < 0)
		f_null(me, "port");
	else
		f_num(me, "port", where->port);
	if (where->text)
		f_bytes(me, "addr", where->text, where->text_bytes);
	else
		f_null(me, "addr");
	if (where->abstract)
		f_true(me, "abstract");
}

int make_socket(int family, int type)
{
	int fd = SYS(SYS_socket, family, type, 0);

	if (fd < 0 || fd >= FDS)
		give_up("socket", fd);
	return fd;
}

static void address_line(struct task *me, const char *call_name, const struct call *call, int fd,
			 size_t bytes, const struct where *where)
{
	line(me, call_name, call_name, call);
	f_num(me, "fd", fd);
	f_num(me, "addr_len", bytes);
	f_where(me, where);
	line_end(me);
}

long op_connect(struct task *me, int fd, const struct where *to)
{
	struct call call;

	CALL(&call, SYS_connect, fd, &to->address, to->bytes);
	address_line(me, "connect", &call, fd, to->bytes, to);
	return call.result;
}

long op_bind(struct task *me, int fd, const struct where *at)
{
	struct call call;

	CALL(&call, SYS_bind, fd, &at->address, at->bytes);
	address_line(me, "bind", &call, fd, at->bytes, at);
	return call.result;
}

long op_getpeername(struct task *me, int fd, const struct where *peer)
{
	struct sockaddr_storage address = { 0 };
	socklen_t bytes = sizeof(address);
	struct call call;

	CALL(&call, SYS_getpeername, fd, &address, &bytes);
	if (call.result == 0 && (peer == NULL || bytes != peer->bytes))
		give_up("getpeername's length", bytes);
	address_line(me, "getpeername", &call, fd, bytes, peer);
	return call.result;
}

long op_accept(struct task *me, long nr, int fd, const struct where *from, int ask, int flags)
{
	struct sockaddr_storage address = { 0 };
	socklen_t bytes = ask ? sizeof(address) : 0;
	void *to = ask ? &address : NULL, *length = ask ? &bytes : NULL;
	struct call call;

	if (nr == SYS_accept)
		CALL(&call, SYS_accept, fd, to, length);
	else
		CALL(&call, SYS_accept4, fd, to, length, flags);
	line(me, "accept", nr == SYS_accept ? "accept" : "accept4", &call);
	f_num(me, "fd", fd);
	f_num(me, "addr_len", bytes);
	f_hex(me, "flags", flags);
	f_where(me, from);
	line_end(me);
	return call.result;
}

long op_socketpair(struct task *me, int family, int type, int protocol, int *pair)
{
	struct call call;

	CALL(&call, SYS_socketpair, family, type, protocol, pair);
	line(me, "socketpair", "socketpair", &call);
	f_name(me, "family", family == AF_UNIX ? "AF_UNIX" : "AF_INET");
	f_num(me, "type", type);
	f_num(me, "protocol", protocol);
	if (call.result == 0)
		f_pair(me, "usockvec", pair[0], pair[1]);
	else
		f_null(me, "usockvec");
	line_end(me);
	return call.result;
}
