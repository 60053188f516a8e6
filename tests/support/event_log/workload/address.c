/* SPDX-License-Identifier: MIT */
/* address.c - addresses as bytes and as the text that the log must have for them. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>
#include "network.h"

const struct where nowhere;

struct where where_ip4(const char *text, int port)
{
	struct where where = { .family = "AF_INET", .port = port, .text = text };
	struct sockaddr_in *in = (void *)&where.address;

	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	if (inet_pton(AF_INET, text, &in->sin_addr) != 1)
		give_up(text, 4);
	where.bytes = sizeof(*in);
	where.text_bytes = strlen(text);
	return where;
}

struct where where_ip6(const char *text, int port)
{
	struct where where = { .family = "AF_INET6", .port = port, .text = text };
	struct sockaddr_in6 *in = (void *)&where.address;

	in->sin6_family = AF_INET6;
	in->sin6_port = htons(port);
	if (inet_pton(AF_INET6, text, &in->sin6_addr) != 1)
		give_up(text, 6);
	where.bytes = sizeof(*in);
	where.text_bytes = strlen(text);
	return where;
}

static struct where unix_of(const char *bytes, size_t count)
{
	struct where where = { .family = "AF_UNIX", .port = -1 };
	struct sockaddr_un *un = (void *)&where.address;

	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, bytes, count);
	where.bytes = offsetof(struct sockaddr_un, sun_path) + count;
	return where;
}

struct where where_unix(const char *path)
{
	struct where where = unix_of(path, strlen(path) + 1);

	where.text = path;
	where.text_bytes = strlen(path);
	return where;
}

struct where where_unnamed(void)
{
	struct where where = unix_of("", 0);

	where.text = "";
	return where;
}

/* name: begins with "@", which stands for the NUL. */
struct where where_abstract(const char *name, size_t bytes)
{
	struct where where = unix_of(name, bytes);
	struct sockaddr_un *un = (void *)&where.address;

	un->sun_path[0] = 0;
	where.text = name;
	where.text_bytes = bytes;
	where.abstract = 1;
	return where;
}

int port_of(int fd)
{
	struct sockaddr_storage address;
	socklen_t bytes = sizeof(address);

	must("getsockname", SYS(SYS_getsockname, fd, &address, &bytes), 0);
	/* In the same place for both families. */
	return ntohs(((struct sockaddr_in *)&address)->sin_port);
}
