/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * network.c - calls of the network class with known arguments, good ones and failing ones; argument: a
 * directory of its own.
 */
#include "workload.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

typedef long long ll;

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un un;
	unsigned char bytes[128];
};

static int open_socket(int family, int type)
{
	int fd = socket(family, type, 0);

	must(fd >= 0, "socket");
	return fd;
}

#include "network_expect.h"

/* A connected pair of streams, made by way of a listener; both ends talk. */
static void stream(union address *address, socklen_t length)
{
	int listener = open_socket(address->any.sa_family, SOCK_STREAM);
	int client = open_socket(address->any.sa_family, SOCK_STREAM);
	union address server_name, client_name, found;
	socklen_t server_bytes, client_bytes, found_bytes = sizeof(found);
	static struct iovec vectors[1100];
	struct msghdr message = { .msg_iov = vectors, .msg_iovlen = 3 };
	char text[] = "three parts of text", room[64];
	int server, again;

	expect_bind(listener, address, length);
	must(!listen(listener, 5), "listen");
	server_bytes = own_address(listener, &server_name);
	expect_connect(client, &server_name, server_bytes);
	client_bytes = own_address(client, &client_name);
	server = expect_accept(listener, 1, 0, &client_name, client_bytes);
	/* bind fails: in use, or bound already */
	expect_bind(listener, &server_name, server_bytes);
	again = open_socket(address->any.sa_family, SOCK_STREAM);
	expect_connect(again, &server_name, server_bytes);
	client_bytes = own_address(again, &client_name);
	close(expect_accept(listener, 0, SOCK_CLOEXEC | SOCK_NONBLOCK, &client_name, client_bytes));
	close(again);
	client_bytes = own_address(client, &client_name);

	expect("GETPEERNAME", "GETPEERNAME", outcome(getpeername(client, &found.any, &found_bytes)), 2, (ll)client,
	       (ll)server_bytes);
	with("address", &server_name, server_bytes);
	expect("GETPEERNAME", "GETPEERNAME", outcome(getpeername(listener, &found.any, &found_bytes)), 2,
	       (ll)listener, (ll)found_bytes);

	expect_send(client, "hello", 5, MSG_NOSIGNAL, &server_name, server_bytes);
	expect_receive(server, 100, MSG_DONTWAIT, &client_name, client_bytes);
	expect_receive(server, 100, MSG_DONTWAIT, &client_name, client_bytes); /* EAGAIN */
	vectors[0] = (struct iovec){ text, 5 };
	vectors[1] = (struct iovec){ text + 5, 0 };
	vectors[2] = (struct iovec){ text + 5, sizeof(text) - 5 };
	expect("SEND", "SENDMSG", outcome(sendmsg(client, &message, 0)), 6, (ll)client, (ll)sizeof(text), 0LL, 0LL,
	       0LL, 0LL);
	with("address", &server_name, server_bytes);
	with_flag("PEER");
	vectors[0] = (struct iovec){ room, 10 };
	vectors[1] = (struct iovec){ room + 10, 54 };
	message.msg_iovlen = 2;
	expect("RECEIVE", "RECVMSG", outcome(recvmsg(server, &message, 0)), 6, (ll)server, 64LL, 0LL, 0LL, 0LL,
	       0LL);
	with("address", &client_name, client_bytes);
	with_flag("PEER");
	/* As many vectors as there may be; with more the length is a lower bound, and the call fails. */
	for (int i = 0; i < 1100; i++)
		vectors[i] = (struct iovec){ text, i < 1024 ? i % 9 : 1 };
	for (int count = 1024; count <= 1100; count += 76) {
		message.msg_iovlen = count;
		expect("SEND", "SENDMSG", outcome(sendmsg(client, &message, MSG_DONTWAIT)), 6, (ll)client, 4089LL,
		       (ll)MSG_DONTWAIT, 0LL, 0LL, 0LL);
		with("address", &server_name, server_bytes);
		with_flag("PEER");
		if (count > 1024)
			with_flag("VECTORS_CUT");
	}
	expect_receive(server, 10000, 0, &client_name, client_bytes);
	close(server);
	close(client);
	close(listener);
}

/* An IPv6 socket that an IPv4 client comes to: its peer is the IPv4 address in IPv6's form. */
static void mapped(int listener)
{
	int client = open_socket(AF_INET, SOCK_STREAM), server;
	union address any, client_name, as6 = { .v6 = { .sin6_family = AF_INET6 } };
	unsigned char *bytes = as6.v6.sin6_addr.s6_addr;

	must(!listen(listener, 5), "listen");
	own_address(listener, &any);
	any.v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = any.v6.sin6_port };
	any.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	expect_connect(client, &any, sizeof(any.v4));
	own_address(client, &client_name);
	as6.v6.sin6_port = client_name.v4.sin_port;
	memset(bytes + 10, 0xff, 2);
	memcpy(bytes + 12, &client_name.v4.sin_addr, 4);
	server = expect_accept(listener, 0, SOCK_CLOEXEC, &as6, sizeof(as6.v6));
	expect_send(server, "x", 1, 0, &as6, sizeof(as6.v6));
	close(client);
	close(server);
}

/* Datagrams with and without an address. */
static void datagrams(union address *first, socklen_t first_bytes, union address *second,
		      socklen_t second_bytes)
{
	int a = open_socket(first->any.sa_family, SOCK_DGRAM);
	int b = open_socket(first->any.sa_family, SOCK_DGRAM);
	union address a_name, b_name, found[70];
	socklen_t a_bytes, b_bytes, found_bytes = sizeof(found[0]);
	static struct mmsghdr messages[70];
	static struct iovec vectors[70];
	static char room[70][100];
	struct iovec one = { "0123456789", 10 };
	struct msghdr message = { .msg_iov = &one, .msg_iovlen = 1 };
	ll result;

	expect_bind(a, first, first_bytes);
	expect_bind(b, second, second_bytes);
	a_bytes = own_address(a, &a_name);
	b_bytes = own_address(b, &b_name);
	expect("SEND", "SENDTO", outcome(sendto(a, "hello", 5, 0, &b_name.any, b_bytes)), 6, (ll)a, 5LL, 0LL,
	       (ll)b_bytes, 0LL, 0LL);
	with("address", &b_name, b_bytes);
	result = outcome(recvfrom(b, room, 100, MSG_PEEK, &found[0].any, &found_bytes));
	expect("RECEIVE", "RECVFROM", result, 6, (ll)b, 100LL, (ll)MSG_PEEK, (ll)a_bytes, 0LL, 0LL);
	with("address", &a_name, a_bytes);
	expect_receive(b, 3, MSG_TRUNC, NULL, 0);
	message.msg_name = &b_name;
	message.msg_namelen = b_bytes;
	expect("SEND", "SENDMSG", outcome(sendmsg(a, &message, 0)), 6, (ll)a, 10LL, 0LL, (ll)b_bytes, 0LL, 0LL);
	with("address", &b_name, b_bytes);
	one = (struct iovec){ room, 100 };
	message.msg_name = &found[0];
	message.msg_namelen = sizeof(found[0]);
	result = outcome(recvmsg(b, &message, 0));
	expect("RECEIVE", "RECVMSG", result, 6, (ll)b, 100LL, 0LL, (ll)a_bytes, 0LL, 0LL);
	with("address", &a_name, a_bytes);

	/* Five at once, each with its own length, every other to b. */
	for (int i = 0; i < 70; i++) {
		vectors[i] = (struct iovec){ room[i], i % 50 };
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &vectors[i],
						       .msg_iovlen = 1,
						       .msg_name = i % 2 ? &a_name : &b_name,
						       .msg_namelen = i % 2 ? a_bytes : b_bytes };
	}
	result = outcome(sendmmsg(a, messages, 5, 0));
	must(result == 5, "sendmmsg");
	for (int i = 0; i < 5; i++) {
		expect("SEND", "SENDMMSG", 5, 6, (ll)a, (ll)i, 0LL, (ll)(i % 2 ? a_bytes : b_bytes), (ll)i, 5LL);
		with("address", i % 2 ? &a_name : &b_name, i % 2 ? a_bytes : b_bytes);
	}
	for (int i = 0; i < 70; i++) {
		vectors[i].iov_len = 100;
		messages[i].msg_hdr.msg_name = &found[i];
		messages[i].msg_hdr.msg_namelen = sizeof(found[i]);
	}
	result = outcome(syscall(SYS_recvmmsg, b, messages, 70, MSG_DONTWAIT, NULL));
	must(result == 3, "recvmmsg");
	for (int i = 0; i < 3; i++) {
		expect("RECEIVE", "RECVMMSG", 3, 6, (ll)b, 2LL * i, (ll)MSG_DONTWAIT, (ll)a_bytes, (ll)i, 3LL);
		with("address", &a_name, a_bytes);
	}
	result = outcome(syscall(SYS_recvmmsg, b, messages, 70, MSG_DONTWAIT, NULL));
	expect("RECEIVE", "RECVMMSG", result, 6, (ll)b, 100LL, (ll)MSG_DONTWAIT, (ll)a_bytes, 0LL, 0LL);
	result = outcome(syscall(SYS_sendmmsg, a, messages, 0, 0));
	expect("SEND", "SENDMMSG", result, 6, (ll)a, 0LL, 0LL, 0LL, 0LL, 0LL);
	if (first->any.sa_family == AF_UNIX)
		goto out; /* its queue is short: it would wait for ever */
	/* More than are told one by one. */
	for (int i = 0; i < 70; i++) {
		vectors[i].iov_len = 1;
		messages[i].msg_hdr.msg_name = &b_name;
		messages[i].msg_hdr.msg_namelen = b_bytes;
	}
	result = outcome(sendmmsg(a, messages, 70, 0));
	must(result == 70, "sendmmsg of 70");
	for (int i = 0; i < 64; i++) {
		expect("SEND", "SENDMMSG", 70, 6, (ll)a, 1LL, 0LL, (ll)b_bytes, (ll)i, 70LL);
		with("address", &b_name, b_bytes);
		if (i == 63)
			with_flag("MESSAGES_CUT");
	}
out:
	close(a);
	close(b);
}

static void failures(void)
{
	union address nobody = { .v4 = { .sin_family = AF_INET, .sin_port = htons(1) } };
	union address odd = { .any = { .sa_family = AF_INET } };
	union address large = { .any = { .sa_family = AF_INET } };
	int fd = open_socket(AF_INET, SOCK_STREAM), file = open("/dev/null", O_RDWR), ends[2];

	nobody.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	expect_connect(fd, &nobody, sizeof(nobody.v4)); /* ECONNREFUSED */
	expect_connect(fd, &odd, 2); /* EINVAL */
	expect("CONNECT", "CONNECT", outcome(connect(fd, &large.any, 200)), 2, (ll)fd, 200LL);
	with("address", &large, 128);
	expect("CONNECT", "CONNECT", outcome(connect(fd, (void *)8, 16)), 2, (ll)fd, 16LL);
	with_flag("NAME_LOST");
	expect("CONNECT", "CONNECT", outcome(connect(fd, &odd.any, -1)), 2, (ll)fd, -1LL);
	expect_connect(999, &nobody, sizeof(nobody.v4)); /* EBADF */
	expect_connect(file, &nobody, sizeof(nobody.v4)); /* ENOTSOCK */
	expect_send(file, "x", 1, 0, NULL, 0);
	expect_send(999, "x", 1, MSG_NOSIGNAL, NULL, 0);
	expect_send(fd, "x", 1, MSG_NOSIGNAL, NULL, 0); /* EPIPE */
	expect("SEND", "SENDTO", outcome(sendto(fd, "x", 1, MSG_NOSIGNAL, (void *)8, 16)), 6, (ll)fd, 1LL,
	       (ll)MSG_NOSIGNAL, 16LL, 0LL, 0LL);
	with_flag("NAME_LOST");
	expect("SEND", "SENDMSG", outcome(sendmsg(fd, (void *)8, MSG_NOSIGNAL)), 6, (ll)fd, 0LL, (ll)MSG_NOSIGNAL,
	       0LL, 0LL, 0LL);
	with_flag("NAME_LOST");
	expect("SEND", "SENDMMSG", outcome(sendmmsg(fd, (void *)8, 2, MSG_NOSIGNAL)), 6, (ll)fd, 0LL,
	       (ll)MSG_NOSIGNAL, 0LL, 0LL, 0LL);
	with_flag("NAME_LOST");
	expect("ACCEPT", "ACCEPT", outcome(syscall(SYS_accept, fd, NULL, NULL)), 3, (ll)fd, 0LL, 0LL); /* EINVAL */
	expect("SOCKETPAIR", "SOCKETPAIR", outcome(socketpair(AF_INET, SOCK_STREAM, 6, ends)), 5, (ll)AF_INET,
	       (ll)SOCK_STREAM, 6LL, -1LL, -1LL);
	expect("SOCKETPAIR", "SOCKETPAIR", outcome(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends)), 5,
	       (ll)AF_UNIX, (ll)(SOCK_DGRAM | SOCK_CLOEXEC), 0LL, (ll)ends[0], (ll)ends[1]);
	/* The other end has no name: its family is known. */
	expect_send(ends[0], "abc", 3, 0, &(union address){ .any = { .sa_family = AF_UNIX } }, 2);
	expect_receive(ends[1], 3, 0, &(union address){ .any = { .sa_family = AF_UNIX } }, 2);
}

static socklen_t unix_name(union address *address, const char *format, const char *directory)
{
	address->un.sun_family = AF_UNIX;
	snprintf(address->un.sun_path, sizeof(address->un.sun_path), format, directory);
	return offsetof(struct sockaddr_un, sun_path) + strlen(address->un.sun_path) + 1;
}

int main(int argc, char **argv)
{
	union address first = { .v4 = { .sin_family = AF_INET } }, second;
	socklen_t first_bytes, second_bytes;
	int v6;

	must(argc == 2, "one argument");
	begin();
	first.v4.sin_addr.s_addr = htonl(0x7f000002);
	stream(&first, sizeof(first.v4));
	datagrams(&first, sizeof(first.v4), &first, sizeof(first.v4));
	v6 = socket(AF_INET6, SOCK_STREAM, 0);
	memset(&first, 0, sizeof(first));
	first.v6.sin6_family = AF_INET6;
	if (v6 >= 0 && !bind(v6, &first.any, sizeof(first.v6))) {
		expect("BIND", "BIND", 0, 2, (ll)v6, (ll)sizeof(first.v6));
		with("address", &first, sizeof(first.v6));
		mapped(v6);
		first.v6.sin6_addr = in6addr_loopback;
		stream(&first, sizeof(first.v6));
		datagrams(&first, sizeof(first.v6), &first, sizeof(first.v6));
	}
	memset(&first, 0, sizeof(first));
	memset(&second, 0, sizeof(second));
	first_bytes = unix_name(&first, "%s/a", argv[1]);
	second_bytes = unix_name(&second, "%s/b \xff", argv[1]);
	stream(&first, first_bytes);
	first_bytes = unix_name(&first, "%s/c", argv[1]);
	datagrams(&first, first_bytes, &second, second_bytes);
	/* An abstract name: its first byte is 0, others may be too. */
	memset(&first, 0, sizeof(first));
	first.un.sun_family = AF_UNIX;
	snprintf(first.un.sun_path + 1, 60, "aod-test-%d", getpid());
	stream(&first, 40);
	failures();
	finish();
	return 0;
}
