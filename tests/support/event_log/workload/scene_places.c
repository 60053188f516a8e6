/* SPDX-License-Identifier: MIT */
/* scene_places.c - where names begin: chroot, a directory that was removed, one that was renamed. */
#define _GNU_SOURCE
#include <fcntl.h>
#include "scenes.h"

/* In a child: there is no way back. */
static void jailed(struct task *me, long argument)
{
	const char *jail = path_of(work, "jail"), *inner = path_of(jail, "inner");
	char *const argv[] = { "leaf", "6", NULL };
	struct became became = { .comm = "leaf", .code = 6 };
	int fd;

	(void)argument;
	must("chroot", SYS(SYS_chroot, "jail"), 0);
	place.root = named(jail);
	place.root.known = 1;
	/* The current directory is still outside. */
	op_close(me, make_file(me, "outside", path_of(work, "outside")));
	fd = ok(op_open(me, SYS_openat, AT_FDCWD, "/inner", O_WRONLY | O_CREAT, 0600, inner, 1));
	ok(op_io(me, SYS_write, fd, "x", 1, 0));
	op_close(me, fd);
	ok(op_chdir(me, "/", jail));
	ok(op_stat(me, SYS_newfstatat, AT_FDCWD, "inner", 0));
	ok(op_rename(me, SYS_renameat2, AT_FDCWD, "inner", AT_FDCWD, "/inner2", 0));
	fails(op_open(me, SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY, 0, NULL, 0), ENOENT);
	became.program = &place.fds[ok(op_open(me, SYS_openat, AT_FDCWD, "/leaf", O_RDONLY | O_CLOEXEC, 0,
					       path_of(jail, "leaf"), 0))];
	exec_away(me, SYS_execve, -1, "/leaf", argv, 0, &became);
}

static void removed(struct task *me)
{
	const char *gone = path_of(work, "leaving");
	int fd;

	ok(op_mkdir(me, SYS_mkdirat, AT_FDCWD, "leaving", 0700));
	fd = ok(op_open(me, SYS_openat, AT_FDCWD, "leaving", O_RDONLY, 0, gone, 0));
	ok(op_chdir(me, "leaving", gone));
	ok(op_unlink(me, SYS_unlinkat, AT_FDCWD, gone, AT_REMOVEDIR));
	place.cwd.deleted = place.fds[fd].deleted = 1;
	fails(op_open(me, SYS_openat, AT_FDCWD, "x", O_WRONLY | O_CREAT, 0600, NULL, 0), ENOENT);
	fails(op_stat(me, SYS_newfstatat, fd, "x", 0), ENOENT);
	ok(op_stat(me, SYS_newfstatat, AT_FDCWD, ".", 0));
	/* Its parent is still known. */
	ok(op_chdir(me, "..", work));
	ok(op_chdir(me, work, work));
	op_close(me, fd);
}

/* Open files and current directories move with the directory above them. */
static void moved(struct task *me)
{
	const char *before = path_of(work, "before"), *after = path_of(work, "after");
	int fd, directory;

	ok(op_mkdir(me, SYS_mkdirat, AT_FDCWD, "before", 0700));
	directory = ok(op_open(me, SYS_openat, AT_FDCWD, "before", O_RDONLY, 0, before, 0));
	fd = ok(op_open(me, SYS_openat, directory, "file", O_RDWR | O_CREAT, 0600,
			path_of(before, "file"), 1));
	ok(op_io(me, SYS_write, fd, "x", 1, 0));
	ok(op_chdir(me, "before", before));
	/* Directories are told as they are called at the end of the call. */
	place.cwd.path = place.fds[directory].path = after;
	place.cwd.path_bytes = place.fds[directory].path_bytes = named(after).path_bytes;
	place.fds[fd].path = path_of(after, "file");
	place.fds[fd].path_bytes--;
	ok(op_rename(me, SYS_renameat2, AT_FDCWD, "../before", AT_FDCWD, "../after", 0));
	ok(op_io(me, SYS_write, fd, "y", 1, 0));
	ok(op_stat(me, SYS_newfstatat, AT_FDCWD, "file", 0));
	ok(op_stat(me, SYS_newfstatat, directory, "file", 0));
	ok(op_rename(me, SYS_renameat2, AT_FDCWD, "file", directory, "FILE", 0));
	place.fds[fd].path = path_of(after, "FILE");
	op_fstat(me, fd);
	op_close(me, fd);
	ok(op_chdir(me, work, work));
	op_close(me, directory);
}

void scene_places(struct task *me)
{
	ok(op_mkdir(me, SYS_mkdirat, AT_FDCWD, "jail", 0755));
	ok(op_link(me, SYS_linkat, AT_FDCWD, "leaf", AT_FDCWD, "jail/leaf", 0));
	child(me, BY_FORK, "jailed", jailed, 0, 6);
	removed(me);
	moved(me);
}
