/* SPDX-License-Identifier: MIT */
/* scene_open.c - opening, creating, copying and closing. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "scenes.h"

#define RDWR_NEW (O_RDWR | O_CREAT)

static void open_each_way(struct task *me, int directory)
{
	const char *a = path_of(work, "a"), *b = path_of(work, "b"), *c = path_of(work, "c");
	const char *d = path_of(work, "d"), *e = path_of(work, "e");

#ifdef SYS_open
	op_close(me, ok(op_open(me, SYS_open, AT_FDCWD, "a", RDWR_NEW, 0640, a, 1)));
	/* There already: not created. */
	op_close(me, ok(op_open(me, SYS_open, AT_FDCWD, a, RDWR_NEW, 0600, a, 0)));
	op_close(me, ok(op_open(me, SYS_open, AT_FDCWD, "./a", O_RDONLY, 0, a, 0)));
	op_close(me, ok(op_open(me, SYS_creat, AT_FDCWD, "b", O_CREAT | O_WRONLY | O_TRUNC, 0604, b, 1)));
	op_close(me, ok(op_open(me, SYS_creat, AT_FDCWD, "b", O_CREAT | O_WRONLY | O_TRUNC, 0604, b, 0)));
	fails(op_open(me, SYS_open, AT_FDCWD, "none", O_RDONLY, 0, NULL, 0), ENOENT);
	fails(op_open(me, SYS_open, AT_FDCWD, NULL, O_RDONLY, 0, NULL, 0), EFAULT);
	fails(op_open(me, SYS_creat, AT_FDCWD, "a/x", O_CREAT | O_WRONLY | O_TRUNC, 0600, NULL, 0),
	      ENOTDIR);
#else
	op_close(me, ok(op_open(me, SYS_openat, AT_FDCWD, "a", RDWR_NEW, 0640, a, 1)));
	op_close(me, ok(op_open(me, SYS_openat, AT_FDCWD, "b", RDWR_NEW, 0604, b, 1)));
#endif
	op_close(me, ok(op_open(me, SYS_openat, directory, "c", RDWR_NEW | O_EXCL, 0, c, 1)));
	fails(op_open(me, SYS_openat, directory, "c", RDWR_NEW | O_EXCL, 0, NULL, 0), EEXIST);
	op_close(me, ok(op_open(me, SYS_openat, -1, c, O_RDWR | O_APPEND | O_CLOEXEC, 0, c, 0)));
	op_close(me, ok(op_open(me, SYS_openat, AT_FDCWD, "/proc/self/../../dev/null", O_RDWR, 0,
				"/dev/null", 0)));
	fails(op_open(me, SYS_openat, 99, "c", O_RDONLY, 0, NULL, 0), EBADF);
	fails(op_open(me, SYS_openat, AT_FDCWD, ".", O_RDWR, 0, NULL, 0), EISDIR);
	fails(op_open(me, SYS_openat, AT_FDCWD, "", O_RDONLY, 0, NULL, 0), ENOENT);
	op_close(me, ok(op_openat2(me, directory, "d", RDWR_NEW, 0611, 0, d, 1)));
	op_close(me, ok(op_openat2(me, AT_FDCWD, d, RDWR_NEW, 0611, 0, d, 0)));
	op_close(me, ok(op_openat2(me, directory, "e", RDWR_NEW, 0600, RESOLVE_BENEATH, e, 1)));
	fails(op_openat2(me, directory, "../e", O_RDONLY, 0, RESOLVE_BENEATH, NULL, 0), EXDEV);
	fails(op_openat2(me, AT_FDCWD, "e", O_RDONLY, 0600, 0, NULL, 0), EINVAL);
}

static void nodes(struct task *me, int directory)
{
#ifdef SYS_mknod
	ok(op_mknod(me, SYS_mknod, AT_FDCWD, "fifo", S_IFIFO | 0600, 0));
	fails(op_mknod(me, SYS_mknod, AT_FDCWD, "fifo", S_IFIFO | 0600, 0), EEXIST);
#endif
	ok(op_mknod(me, SYS_mknodat, directory, "plain", S_IFREG | 0644, 0));
	/* 5:1 is the console; 260:66000 needs every bit of a device number. */
	ok(op_mknod(me, SYS_mknodat, AT_FDCWD, "console", S_IFCHR | 0600, makedev(5, 1)));
	ok(op_mknod(me, SYS_mknodat, AT_FDCWD, "wide", S_IFBLK | 0600, makedev(260, 66000)));
	fails(op_mknod(me, SYS_mknodat, 98, "x", S_IFREG, 0), EBADF);
}

static void copies(struct task *me, int fd)
{
	op_close(me, ok(op_dup(me, SYS_dup, fd, -1, 0)));
#ifdef SYS_dup2
	ok(op_dup(me, SYS_dup2, fd, 40, 0));
	ok(op_dup(me, SYS_dup2, 40, 40, 0));
	fails(op_dup(me, SYS_dup2, 99, 41, 0), EBADF);
#else
	ok(op_dup(me, SYS_dup3, fd, 40, 0));
#endif
	ok(op_dup(me, SYS_dup3, fd, 41, O_CLOEXEC));
	ok(op_dup(me, SYS_dup3, fd, 42, 0));
	fails(op_dup(me, SYS_dup3, fd, fd, 0), EINVAL);
	fails(op_dup(me, SYS_dup, 99, -1, 0), EBADF);
	ok(op_fcntl_dup(me, fd, F_DUPFD, 50));
	ok(op_fcntl_dup(me, fd, F_DUPFD_CLOEXEC, 50));
	fails(op_fcntl_dup(me, 99, F_DUPFD, 0), EBADF);
	/* Other commands of fcntl are none of the log's business. */
	must("F_GETFL", SYS(SYS_fcntl, fd, F_GETFD), 0);
}

static void closes(struct task *me)
{
	ok(op_close(me, 40));
	fails(op_close(me, 40), EBADF);
	fails(op_close(me, -1), EBADF);
	/* Marks 41 and 42, closes them, closes 50, 51 and what is above. */
	ok(op_close_range(me, 41, 42, 4));
	ok(op_close_range(me, 41, 42, 0));
	ok(op_close_range(me, 50, 99, 0));
	ok(op_close_range(me, 60, 60, 0));
	fails(op_close_range(me, 9, 8, 0), EINVAL);
	fails(op_close_range(me, 60, 61, 64), EINVAL);
}

/* In a child: the parent needs what is above. */
static void closes_all(struct task *me, long first)
{
	ok(op_close_range(me, first, ~0u, 0));
	fails(op_close(me, first), EBADF);
}

void scene_open(struct task *me)
{
	int directory = ok(op_open(me, SYS_openat, AT_FDCWD, ".", O_RDONLY | O_DIRECTORY, 0, work, 0));
	int fd;

	open_each_way(me, directory);
	nodes(me, directory);
	fd = ok(op_open(me, SYS_openat, directory, "a", O_RDWR, 0, path_of(work, "a"), 0));
	copies(me, fd);
	closes(me);
	child(me, BY_FORK, "closes all", closes_all, fd, 0);
	op_close(me, fd);
	op_close(me, directory);
}
