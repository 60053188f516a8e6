/* SPDX-License-Identifier: MIT */
/* scene_io.c - reading and writing in each spelling, whole, short, at the end, and not at all. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include "scenes.h"

#define N 100

static char bytes[3][N];
static const struct iovec THREE[3] = { { bytes[0], 10 }, { bytes[1], 0 }, { bytes[2], N } };
static struct iovec many[40];

static void writes(struct task *me, int fd)
{
	must("write", op_io(me, SYS_write, fd, bytes, 3 * N, 0), 3 * N);
	must("write of nothing", op_io(me, SYS_write, fd, bytes, 0, 0), 0);
	must("pwrite64", op_io(me, SYS_pwrite64, fd, bytes, 5, 1000), 5);
	must("writev", op_vectors(me, SYS_writev, fd, THREE, 3, 0, 0), N + 10);
	must("pwritev", op_vectors(me, SYS_pwritev, fd, THREE, 1, 70, 0), 10);
	must("pwritev2", op_vectors(me, SYS_pwritev2, fd, THREE, 3, 0, RWF_DSYNC), N + 10);
	must("pwritev2 here", op_vectors(me, SYS_pwritev2, fd, THREE, 3, -1, 0), N + 10);
	must("writev of no vector", op_vectors(me, SYS_writev, fd, THREE, 0, 0, 0), 0);
	must("writev of 40", op_vectors(me, SYS_writev, fd, many, 40, 0, 0), 40);
	fails(op_io(me, SYS_write, fd, NULL, 4, 0), EFAULT);
	fails(op_io(me, SYS_write, 99, bytes, 4, 0), EBADF);
	fails(op_io(me, SYS_write, -1, bytes, 4, 0), EBADF);
	fails(op_io(me, SYS_pwrite64, fd, bytes, 4, -2), EINVAL);
	fails(op_vectors(me, SYS_pwritev, 99, THREE, 2, 0, 0), EBADF);
	fails(op_vectors(me, SYS_pwritev2, fd, THREE, 2, 0, 0x4000), EOPNOTSUPP);
}

static void reads(struct task *me, int fd)
{
	must("pread64", op_io(me, SYS_pread64, fd, bytes, N, 3), N);
	must("pread64 beyond", op_io(me, SYS_pread64, fd, bytes, N, 1 << 30), 0);
	must("lseek", SYS(SYS_lseek, fd, 0, 0), 0);
	must("read", op_io(me, SYS_read, fd, bytes, N, 0), N);
	must("read of nothing", op_io(me, SYS_read, fd, bytes, 0, 0), 0);
	must("readv", op_vectors(me, SYS_readv, fd, THREE, 3, 0, 0), N + 10);
	must("preadv", op_vectors(me, SYS_preadv, fd, THREE, 3, 20, 0), N + 10);
	must("preadv2", op_vectors(me, SYS_preadv2, fd, THREE, 2, 20, 0), 10);
	must("preadv2 here", op_vectors(me, SYS_preadv2, fd, THREE, 2, -1, 0), 10);
	must("lseek", SYS(SYS_lseek, fd, 0, 2), 1005);
	must("read at the end", op_io(me, SYS_read, fd, bytes, N, 0), 0);
	fails(op_io(me, SYS_read, 99, bytes, N, 0), EBADF);
	must("lseek", SYS(SYS_lseek, fd, 0, 0), 0);
	fails(op_io(me, SYS_read, fd, NULL, N, 0), EFAULT);
	fails(op_vectors(me, SYS_readv, 99, THREE, 3, 0, 0), EBADF);
	fails(op_vectors(me, SYS_preadv, fd, THREE, 3, -5, 0), EINVAL);
	fails(op_vectors(me, SYS_preadv2, 99, THREE, 3, 5, RWF_HIPRI), EBADF);
}

/* What has no path: a pipe, and memory with a name. And what had one: a file that was removed. */
static void odd_files(struct task *me)
{
	const char *gone = path_of(work, "gone");
	int ends[2], fd;

	must("pipe", op_pipe(me, SYS_pipe2, ends, O_CLOEXEC), 0);
	for (int i = 0; i < 2; i++) {
		place.fds[ends[i]] = (struct file){ 0 };
		op_fstat(me, ends[i]);
	}
	must("write", op_io(me, SYS_write, ends[1], bytes, 7, 0), 7);
	must("read", op_io(me, SYS_read, ends[0], bytes, N, 0), 7);
	fails(op_io(me, SYS_pread64, ends[0], bytes, N, 0), ESPIPE);
	fails(op_io(me, SYS_read, ends[1], bytes, N, 0), EBADF);
	op_close(me, ends[0]);
	op_close(me, ends[1]);

	fd = SYS(SYS_memfd_create, "paper", 0);
	place.fds[fd] = named("memfd:paper");
	op_fstat(me, fd);
	must("write", op_io(me, SYS_write, fd, bytes, 7, 0), 7);
	op_close(me, fd);

	fd = ok(op_open(me, SYS_openat, AT_FDCWD, "gone", O_RDWR | O_CREAT, 0600, gone, 1));
	ok(op_unlink(me, SYS_unlinkat, AT_FDCWD, "gone", 0));
	place.fds[fd].deleted = 1;
	must("write", op_io(me, SYS_write, fd, bytes, 7, 0), 7);
	op_fstat(me, fd);
	op_close(me, fd);
}

void scene_io(struct task *me)
{
	const char *path = path_of(work, "data");
	int fd = ok(op_open(me, SYS_openat, AT_FDCWD, "data", O_RDWR | O_CREAT, 0640, path, 1));

	for (int i = 0; i < 40; i++)
		many[i] = (struct iovec){ bytes, 1 };
	writes(me, fd);
	reads(me, fd);
	op_close(me, fd);
	odd_files(me);
	fd = ok(op_open(me, SYS_openat, AT_FDCWD, ".", O_RDONLY, 0, work, 0));
	fails(op_io(me, SYS_read, fd, bytes, N, 0), EISDIR);
	op_close(me, fd);
}
