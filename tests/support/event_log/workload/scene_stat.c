/* SPDX-License-Identifier: MIT */
/* scene_stat.c - asking what a file is. */
#define _GNU_SOURCE
#include <fcntl.h>
#include "scenes.h"

void scene_stat(struct task *me)
{
	int fd = make_file(me, "file", path_of(work, "file"));

	ok(op_symlink(me, SYS_symlinkat, "file", AT_FDCWD, "to_file"));
#ifdef SYS_stat
	ok(op_stat(me, SYS_stat, AT_FDCWD, "to_file", 0));
	ok(op_stat(me, SYS_stat, AT_FDCWD, "/dev/null", 0));
	ok(op_stat(me, SYS_lstat, AT_FDCWD, "to_file", 0));
	fails(op_stat(me, SYS_stat, AT_FDCWD, "none", 0), ENOENT);
	fails(op_stat(me, SYS_stat, AT_FDCWD, "file/x", 0), ENOTDIR);
	fails(op_stat(me, SYS_lstat, AT_FDCWD, NULL, 0), EFAULT);
#endif
	ok(op_stat(me, SYS_newfstatat, AT_FDCWD, "to_file", AT_SYMLINK_NOFOLLOW));
	ok(op_stat(me, SYS_newfstatat, AT_FDCWD, work, 0));
	ok(op_stat(me, SYS_newfstatat, fd, "", AT_EMPTY_PATH));
	fails(op_stat(me, SYS_newfstatat, 99, "x", 0), EBADF);
	fails(op_stat(me, SYS_newfstatat, fd, "x", 0), ENOTDIR);
	ok(op_stat(me, SYS_statx, AT_FDCWD, "to_file", 0));
	ok(op_stat(me, SYS_statx, fd, "", AT_EMPTY_PATH));
	ok(op_stat(me, SYS_statx, AT_FDCWD, "to_file", AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT));
	fails(op_stat(me, SYS_statx, AT_FDCWD, "none", 0), ENOENT);
	fails(op_stat(me, SYS_statx, AT_FDCWD, "file", 0x40000000), EINVAL);
	fails(op_fstat(me, 99), EBADF);
	ok(op_fstat(me, fd));
	op_close(me, fd);
}
