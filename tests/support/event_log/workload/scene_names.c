/* SPDX-License-Identifier: MIT */
/* scene_names.c - the calls on names: each spelling, done and refused. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include "scenes.h"

static void directories(struct task *me, int at)
{
	const char *deep = path_of(work, "d1/d2");
	int fd;

#ifdef SYS_mkdir
	ok(op_mkdir(me, SYS_mkdir, AT_FDCWD, "d1", 0755));
	fails(op_mkdir(me, SYS_mkdir, AT_FDCWD, "d1", 0700), EEXIST);
#else
	ok(op_mkdir(me, SYS_mkdirat, AT_FDCWD, "d1", 0755));
#endif
	ok(op_mkdir(me, SYS_mkdirat, at, "d1/d2", 0711));
	fails(op_mkdir(me, SYS_mkdirat, at, "none/x", 0700), ENOENT);
	ok(op_chdir(me, "d1/d2", deep));
	ok(op_chdir(me, "../../d1", path_of(work, "d1")));
	fd = ok(op_open(me, SYS_openat, AT_FDCWD, "d2", O_RDONLY, 0, deep, 0));
	ok(op_fchdir(me, fd));
	fails(op_fchdir(me, 99), EBADF);
	fails(op_chdir(me, "none", NULL), ENOENT);
	ok(op_chdir(me, work, work));
	op_close(me, fd);
#ifdef SYS_rmdir
	fails(op_unlink(me, SYS_rmdir, AT_FDCWD, "d1", 0), ENOTEMPTY);
	ok(op_unlink(me, SYS_rmdir, AT_FDCWD, "d1/d2", 0));
#else
	ok(op_unlink(me, SYS_unlinkat, AT_FDCWD, "d1/d2", AT_REMOVEDIR));
#endif
	ok(op_unlink(me, SYS_unlinkat, at, "d1", AT_REMOVEDIR));
	fails(op_unlink(me, SYS_unlinkat, at, "d1", AT_REMOVEDIR), ENOENT);
}

static void renames(struct task *me, int at)
{
#ifdef SYS_rename
	ok(op_rename(me, SYS_rename, AT_FDCWD, "f1", AT_FDCWD, path_of(work, "f2"), 0));
	fails(op_rename(me, SYS_rename, AT_FDCWD, "f1", AT_FDCWD, "f3", 0), ENOENT);
	fails(op_rename(me, SYS_rename, AT_FDCWD, "f2", AT_FDCWD, NULL, 0), EFAULT);
#else
	ok(op_rename(me, SYS_renameat2, AT_FDCWD, "f1", AT_FDCWD, path_of(work, "f2"), 0));
#endif
#ifdef SYS_renameat
	ok(op_rename(me, SYS_renameat, at, "f2", AT_FDCWD, "f3", 0));
	fails(op_rename(me, SYS_renameat, at, "f2", 99, "f3", 0), EBADF);
#else
	ok(op_rename(me, SYS_renameat2, at, "f2", AT_FDCWD, "f3", 0));
#endif
	ok(op_rename(me, SYS_renameat2, AT_FDCWD, "f3", at, "f4", RENAME_NOREPLACE));
	fails(op_rename(me, SYS_renameat2, AT_FDCWD, "f4", at, "f4", 0x80), EINVAL);
}

static void links(struct task *me, int at)
{
#ifdef SYS_link
	ok(op_link(me, SYS_link, AT_FDCWD, "f4", AT_FDCWD, "l1", 0));
	fails(op_link(me, SYS_link, AT_FDCWD, "f4", AT_FDCWD, "l1", 0), EEXIST);
	ok(op_symlink(me, SYS_symlink, "some/where", AT_FDCWD, "s1"));
	fails(op_symlink(me, SYS_symlink, "", AT_FDCWD, "s9"), ENOENT);
#else
	ok(op_link(me, SYS_linkat, AT_FDCWD, "f4", AT_FDCWD, "l1", 0));
	ok(op_symlink(me, SYS_symlinkat, "some/where", AT_FDCWD, "s1"));
#endif
	ok(op_link(me, SYS_linkat, at, "f4", AT_FDCWD, path_of(work, "l2"), 0));
	ok(op_link(me, SYS_linkat, AT_FDCWD, "s1", at, "s3", 0));
	fails(op_link(me, SYS_linkat, AT_FDCWD, "s1", at, "x", AT_SYMLINK_FOLLOW), ENOENT);
	ok(op_symlink(me, SYS_symlinkat, "f4", at, "s2"));
	fails(op_symlink(me, SYS_symlinkat, "f4", at, "s2"), EEXIST);
	op_close(me, ok(op_open(me, SYS_openat, at, "s2", O_RDONLY, 0, path_of(work, "f4"), 0)));
	fails(op_open(me, SYS_openat, at, "s2", O_RDONLY | O_NOFOLLOW, 0, NULL, 0), ELOOP);
}

static void modes(struct task *me, int at)
{
	int fd = ok(op_open(me, SYS_openat, at, "f4", O_RDWR, 0, path_of(work, "f4"), 0));
	long result;

#ifdef SYS_chmod
	ok(op_chmod(me, SYS_chmod, AT_FDCWD, "f4", 04751, 0));
	fails(op_chmod(me, SYS_chmod, AT_FDCWD, "none", 0700, 0), ENOENT);
#endif
	ok(op_fchmod(me, fd, 0600));
	fails(op_fchmod(me, 99, 0600), EBADF);
	ok(op_chmod(me, SYS_fchmodat, at, "f4", 0644, 0));
	fails(op_chmod(me, SYS_fchmodat, 99, "f4", 0644, 0), EBADF);
	/* Since Linux 6.6; before, the log has the attempt. */
	result = op_chmod(me, 452, at, "f4", 0640, AT_SYMLINK_NOFOLLOW);
	if (result != 0)
		fails(result, ENOSYS);
	place.fds[fd].mode = S_IFREG | (result == 0 ? 0640 : 0644);
	ok(op_ftruncate(me, fd, 5000000000));
	fails(op_ftruncate(me, fd, -1), EINVAL);
	fails(op_ftruncate(me, 99, 1), EBADF);
	op_close(me, fd);
	ok(op_truncate(me, "f4", 17));
	fails(op_truncate(me, path_of(work, "none"), 17), ENOENT);
	fails(op_truncate(me, ".", 0), EISDIR);
}

static void deletes(struct task *me, int at)
{
#ifdef SYS_unlink
	ok(op_unlink(me, SYS_unlink, AT_FDCWD, "l1", 0));
	fails(op_unlink(me, SYS_unlink, AT_FDCWD, "l1", 0), ENOENT);
	fails(op_unlink(me, SYS_unlink, AT_FDCWD, NULL, 0), EFAULT);
#endif
	ok(op_unlink(me, SYS_unlinkat, at, "l2", 0));
	fails(op_unlink(me, SYS_unlinkat, at, ".", 0), EISDIR);
	fails(op_unlink(me, SYS_unlinkat, 99, "l2", 0), EBADF);
	fails(op_unlink(me, SYS_unlinkat, at, "f4", 0x4000), EINVAL);
}

void scene_names(struct task *me)
{
	int at = ok(op_open(me, SYS_openat, AT_FDCWD, work, O_PATH | O_DIRECTORY, 0, work, 0));

	directories(me, at);
	op_close(me, make_file(me, "f1", path_of(work, "f1")));
	renames(me, at);
	links(me, at);
	modes(me, at);
	deletes(me, at);
	op_close(me, at);
}
