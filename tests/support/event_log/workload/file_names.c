/* SPDX-License-Identifier: MIT */
/* file_names.c - the calls that take names: removed, renamed, linked, made, changed. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include "files.h"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

/* The spelling of an old call and of its *at sibling. */
static void at_fields(struct task *me, int is_at, int dfd, const char *key, const char *name)
{
	f_num(me, "dfd", is_at ? dfd : AT_FDCWD);
	f_path_argument(me, key, "dir", is_at ? dfd : AT_FDCWD, name);
}

long op_unlink(struct task *me, long nr, int dfd, const char *name, int flags)
{
	const char *spelling = "unlinkat";
	int directory = flags & AT_REMOVEDIR;
	struct call call;

#ifdef SYS_unlink
	if (nr == SYS_unlink) {
		CALL(&call, SYS_unlink, name);
		spelling = "unlink";
	} else if (nr == SYS_rmdir) {
		CALL(&call, SYS_rmdir, name);
		spelling = "rmdir";
		directory = 1;
	} else
#endif
		CALL(&call, SYS_unlinkat, dfd, name, flags);
	line(me, directory ? "rmdir" : "delete", spelling, &call);
	at_fields(me, nr == SYS_unlinkat, dfd, directory ? "filename" : "pathname", name);
	f_hex(me, "flag", flags);
	line_end(me);
	return call.result;
}

static void two_names(struct task *me, const char *type, const char *spelling, const struct call *call,
		      int old_dfd, const char *old, int new_dfd, const char *new)
{
	line(me, type, spelling, call);
	f_num(me, "olddfd", old_dfd);
	f_path_argument(me, "oldname", "dir", old_dfd, old);
	f_num(me, "newdfd", new_dfd);
	f_path_argument(me, "newname", "dir2", new_dfd, new);
}

long op_rename(struct task *me, long nr, int old_dfd, const char *old, int new_dfd, const char *new,
	       int flags)
{
	const char *spelling = "renameat2";
	struct call call;

#ifdef SYS_rename
	if (nr == SYS_rename) {
		CALL(&call, SYS_rename, old, new);
		spelling = "rename";
	} else
#endif
	if (nr == SYS_renameat) {
		CALL(&call, SYS_renameat, old_dfd, old, new_dfd, new);
		spelling = "renameat";
	} else {
		CALL(&call, SYS_renameat2, old_dfd, old, new_dfd, new, flags);
	}
	two_names(me, "rename", spelling, &call, old_dfd, old, new_dfd, new);
	f_hex(me, "flags", flags);
	line_end(me);
	return call.result;
}

long op_link(struct task *me, long nr, int old_dfd, const char *old, int new_dfd, const char *new,
	     int flags)
{
	struct call call;

#ifdef SYS_link
	if (nr == SYS_link)
		CALL(&call, SYS_link, old, new);
	else
#endif
		CALL(&call, SYS_linkat, old_dfd, old, new_dfd, new, flags);
	two_names(me, "link", nr == SYS_linkat ? "linkat" : "link", &call, old_dfd, old, new_dfd, new);
	f_hex(me, "flags", flags);
	line_end(me);
	return call.result;
}

long op_symlink(struct task *me, long nr, const char *target, int dfd, const char *name)
{
	struct call call;

#ifdef SYS_symlink
	if (nr == SYS_symlink)
		CALL(&call, SYS_symlink, target, name);
	else
#endif
		CALL(&call, SYS_symlinkat, target, dfd, name);
	line(me, "symlink", nr == SYS_symlinkat ? "symlinkat" : "symlink", &call);
	f_name(me, "oldname", target);
	f_num(me, "newdfd", dfd);
	f_path_argument(me, "newname", "dir2", dfd, name);
	line_end(me);
	return call.result;
}

long op_mkdir(struct task *me, long nr, int dfd, const char *name, int mode)
{
	struct call call;

#ifdef SYS_mkdir
	if (nr == SYS_mkdir)
		CALL(&call, SYS_mkdir, name, mode);
	else
#endif
		CALL(&call, SYS_mkdirat, dfd, name, mode);
	line(me, "mkdir", nr == SYS_mkdirat ? "mkdirat" : "mkdir", &call);
	at_fields(me, nr == SYS_mkdirat, dfd, "filename", name);
	f_octal(me, "mode", mode);
	line_end(me);
	return call.result;
}

long op_chdir(struct task *me, const char *name, const char *path)
{
	struct call call;

	CALL(&call, SYS_chdir, name);
	line(me, "chdir", "chdir", &call);
	f_num(me, "dfd", AT_FDCWD);
	f_path_argument(me, "filename", "dir", AT_FDCWD, name);
	line_end(me);
	if (call.result == 0) {
		place.cwd = named(path);
		place.cwd.known = 1;
	}
	return call.result;
}

long op_fchdir(struct task *me, int fd)
{
	struct call call;

	CALL(&call, SYS_fchdir, fd);
	line(me, "chdir", "fchdir", &call);
	f_num(me, "dfd", fd);
	f_null(me, "filename");
	f_descriptor(me, fd);
	line_end(me);
	if (call.result == 0)
		place.cwd = place.fds[fd];
	return call.result;
}

long op_chmod(struct task *me, long nr, int dfd, const char *name, int mode, int flags)
{
	const char *spelling = "fchmodat2";
	struct call call;

#ifdef SYS_chmod
	if (nr == SYS_chmod) {
		CALL(&call, SYS_chmod, name, mode);
		spelling = "chmod";
	} else
#endif
	if (nr == SYS_fchmodat) {
		CALL(&call, SYS_fchmodat, dfd, name, mode);
		spelling = "fchmodat";
	} else {
		CALL(&call, SYS_fchmodat2, dfd, name, mode, flags);
	}
	line(me, "chmod", spelling, &call);
	at_fields(me, spelling[0] == 'f', dfd, "filename", name);
	f_octal(me, "mode", mode);
	if (flags)
		f_hex(me, "flags", flags);
	line_end(me);
	return call.result;
}

long op_fchmod(struct task *me, int fd, int mode)
{
	struct call call;

	CALL(&call, SYS_fchmod, fd, mode);
	if (call.result == 0)
		place.fds[fd].mode = (place.fds[fd].mode & ~07777) | mode;
	line(me, "chmod", "fchmod", &call);
	f_num(me, "dfd", fd);
	f_null(me, "filename");
	f_octal(me, "mode", mode);
	f_descriptor(me, fd);
	line_end(me);
	return call.result;
}

long op_truncate(struct task *me, const char *name, int64_t length)
{
	struct call call;

	CALL(&call, SYS_truncate, name, length);
	line(me, "truncate", "truncate", &call);
	f_null(me, "dfd");
	f_path_argument(me, "filename", "dir", AT_FDCWD, name);
	f_num(me, "length", length);
	line_end(me);
	return call.result;
}

long op_ftruncate(struct task *me, int fd, int64_t length)
{
	struct call call;

	CALL(&call, SYS_ftruncate, fd, length);
	line(me, "truncate", "ftruncate", &call);
	f_num(me, "dfd", fd);
	f_null(me, "filename");
	f_num(me, "length", length);
	f_descriptor(me, fd);
	line_end(me);
	return call.result;
}
