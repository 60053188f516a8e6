/* SPDX-License-Identifier: MIT */
/* file_io.c - the ten spellings of read and write. */
#include <errno.h>
#include <string.h>
#include "files.h"

#define ERESTARTSYS 512 /* include/linux/errno.h */

static const char *io_spelling(long nr)
{
	switch (nr) {
	case SYS_read: return "read";
	case SYS_pread64: return "pread64";
	case SYS_readv: return "readv";
	case SYS_preadv: return "preadv";
	case SYS_preadv2: return "preadv2";
	case SYS_write: return "write";
	case SYS_pwrite64: return "pwrite64";
	case SYS_writev: return "writev";
	case SYS_pwritev: return "pwritev";
	case SYS_pwritev2: return "pwritev2";
	}
	give_up("no spelling of read or write", nr);
}

static const char *direction(long nr)
{
	return strstr(io_spelling(nr), "read") ? "read" : "write";
}

static void io_line(struct task *me, long nr, const struct call *call, int fd, size_t count)
{
	line(me, direction(nr), io_spelling(nr), call);
	f_num(me, "fd", fd);
	f_num(me, "count", count);
}

/* -1: where the descriptor is. */
static void f_offset(struct task *me, int64_t offset)
{
	if (offset != -1)
		f_num(me, "offset", offset);
}

long op_io(struct task *me, long nr, int fd, void *buffer, size_t count, int64_t offset)
{
	struct call call;

	CALL(&call, nr, fd, buffer, count, offset);
	io_line(me, nr, &call, fd, count);
	if (nr == SYS_pread64 || nr == SYS_pwrite64)
		f_offset(me, offset);
	f_descriptor(me, fd);
	line_end(me);
	return call.result;
}

long op_vectors(struct task *me, long nr, int fd, const struct iovec *vectors, int n, int64_t offset,
		int flags)
{
	struct call call;
	size_t count = 0;

	/* The offset is one register where registers have 64 bits; the high half is not looked at. */
	CALL(&call, nr, fd, vectors, n, offset, 0, flags);
	for (int i = 0; vectors && i < n; i++)
		count += vectors[i].iov_len;
	io_line(me, nr, &call, fd, count);
	if (n != 0)
		f_num(me, "vectors", n);
	if (nr != SYS_readv && nr != SYS_writev)
		f_offset(me, offset);
	if (flags != 0)
		f_hex(me, "flags", flags);
	f_descriptor(me, fd);
	line_end(me);
	return call.result;
}

void op_read_interrupted(struct task *me, int fd)
{
	struct call call;
	char byte;

	CALL(&call, SYS_read, fd, &byte, 1);
	must("a read that is interrupted", call.result, -EINTR);
	call.result = -ERESTARTSYS;
	io_line(me, SYS_read, &call, fd, 1);
	f_descriptor(me, fd);
	line_end(me);
}
