/* SPDX-License-Identifier: MIT */
/* messages.c - the six spellings of send and receive. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/uio.h>
#include "messages.h"

#define MESSAGES 8
#define ROOM 256

/* Which message of how many: only sendmmsg and recvmmsg have several. */
struct part {
	int index, count;
};

static void message_line(struct task *me, const char *type, const char *spelling,
			 const struct call *call, int fd, size_t bytes, int flags, size_t addr_len,
			 const struct message *message, const struct part *part)
{
	line(me, type, spelling, call);
	f_num(me, "fd", fd);
	f_num(me, "len", bytes);
	f_hex(me, "flags", flags);
	f_num(me, "addr_len", addr_len);
	f_where(me, message->to);
	if (message->to && message->is_peer)
		f_true(me, "peer");
	if (part && part->count > 0) {
		f_num(me, "message", part->index);
		f_num(me, "messages", part->count);
	}
	line_end(me);
}

static size_t address_bytes(const struct message *message)
{
	return message->to && !message->is_peer ? message->to->bytes : 0;
}

long op_send(struct task *me, long nr, int fd, const struct message *message, int flags)
{
	size_t bytes = strlen(message->text), addr_len = address_bytes(message);
	void *to = addr_len ? (void *)&message->to->address : NULL;
	/* Two vectors: the log adds them up. */
	struct iovec vectors[2] = { { (void *)message->text, bytes / 2 },
				    { (void *)(message->text + bytes / 2), bytes - bytes / 2 } };
	struct msghdr header = { .msg_name = to,
				 .msg_namelen = addr_len,
				 .msg_iov = vectors,
				 .msg_iovlen = 2 };
	struct call call;

	if (nr == SYS_sendto)
		CALL(&call, SYS_sendto, fd, message->text, bytes, flags, to, addr_len);
	else
		CALL(&call, SYS_sendmsg, fd, &header, flags);
	message_line(me, "send", nr == SYS_sendto ? "sendto" : "sendmsg", &call, fd, bytes, flags,
		     addr_len, message, NULL);
	return call.result;
}

long op_receive(struct task *me, long nr, int fd, const struct message *message, size_t room, int flags)
{
	static char into[ROOM];
	struct sockaddr_storage from = { 0 };
	int asks = message->to && !message->is_peer;
	socklen_t from_bytes = asks ? sizeof(from) : 0;
	struct iovec vector = { into, room };
	struct msghdr header = { .msg_name = asks ? &from : NULL,
				 .msg_namelen = from_bytes,
				 .msg_iov = &vector,
				 .msg_iovlen = 1 };
	struct call call;

	if (nr == SYS_recvfrom) {
		CALL(&call, SYS_recvfrom, fd, into, room, flags, asks ? &from : NULL,
		     asks ? &from_bytes : NULL);
	} else {
		CALL(&call, SYS_recvmsg, fd, &header, flags);
		from_bytes = header.msg_namelen;
	}
	message_line(me, "receive", nr == SYS_recvfrom ? "recvfrom" : "recvmsg", &call, fd, room, flags,
		     from_bytes, message, NULL);
	return call.result;
}

static void fill(struct mmsghdr *header, struct iovec *vector, void *bytes, size_t count, void *name,
		 size_t name_bytes)
{
	*vector = (struct iovec){ bytes, count };
	memset(header, 0, sizeof(*header));
	header->msg_hdr.msg_name = name;
	header->msg_hdr.msg_namelen = name_bytes;
	header->msg_hdr.msg_iov = vector;
	header->msg_hdr.msg_iovlen = 1;
}

/* One line for each message that was taken; one for a call that took none. */
static void several(struct task *me, const char *type, const char *spelling, const struct call *call,
		    int fd, int flags, const struct message *messages, const struct mmsghdr *headers)
{
	int count = call->result > 0 ? call->result : 0;

	for (int i = 0; i < (count ? count : 1); i++) {
		struct part part = { i, count };

		message_line(me, type, spelling, call, fd,
			     count ? headers[i].msg_len : headers[i].msg_hdr.msg_iov->iov_len, flags,
			     headers[i].msg_hdr.msg_namelen, &messages[i], &part);
	}
}

long op_sendmmsg(struct task *me, int fd, const struct message *messages, int n, int sent, int flags)
{
	struct mmsghdr headers[MESSAGES];
	struct iovec vectors[MESSAGES];
	struct call call;

	for (int i = 0; i < n; i++) {
		size_t named = address_bytes(&messages[i]);

		fill(&headers[i], &vectors[i], (void *)messages[i].text, strlen(messages[i].text),
		     named ? (void *)&messages[i].to->address : NULL, named);
	}
	CALL(&call, SYS_sendmmsg, fd, headers, n, flags);
	must("sendmmsg", call.result, sent);
	several(me, "send", "sendmmsg", &call, fd, flags, messages, headers);
	return call.result;
}

long op_recvmmsg(struct task *me, int fd, const struct message *messages, int n, int came, int flags)
{
	struct sockaddr_storage from[MESSAGES];
	struct mmsghdr headers[MESSAGES];
	struct iovec vectors[MESSAGES];
	static char into[MESSAGES][ROOM];
	struct call call;

	for (int i = 0; i < n; i++)
		fill(&headers[i], &vectors[i], into[i], ROOM, &from[i], sizeof(from[i]));
	CALL(&call, SYS_recvmmsg, fd, headers, n, flags, 0);
	must("recvmmsg", call.result, came);
	several(me, "receive", "recvmmsg", &call, fd, flags, messages, headers);
	return call.result;
}
