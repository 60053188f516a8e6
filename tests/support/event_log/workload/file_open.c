/* SPDX-License-Identifier: MIT */
/* file_open.c - descriptors: made, asked about, copied and closed. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "files.h"

#define TMPFILE 020000000 /* include/uapi/asm-generic/fcntl.h: __O_TMPFILE without O_DIRECTORY */

static void learn(struct file *file, const struct stat *found)
{
	file->known = 1;
	file->inode = found->st_ino;
	file->major = major(found->st_dev);
	file->minor = minor(found->st_dev);
	file->mode = found->st_mode;
	file->owner = found->st_uid;
	file->group = found->st_gid;
}

/* A pipe or socket is called by its inode. */
static void give_name(struct file *file)
{
	char name[64];

	snprintf(name, sizeof(name), "%s:[%llu]", S_ISSOCK(file->mode) ? "socket" : "pipe",
		 (unsigned long long)file->inode);
	file->path = text_of(name);
	file->path_bytes = strlen(name);
}

static void stat_line(struct task *me, int fd, const struct call *call)
{
	const struct file *file = fd >= 0 && fd < FDS ? &place.fds[fd] : NULL;

	line(me, "stat", "fstat", call);
	f_num(me, "dfd", fd);
	f_null(me, "filename");
	f_hex(me, "flags", 0);
	f_found(me, call->result == 0 ? file : NULL);
	f_descriptor(me, fd);
	line_end(me);
}

long op_fstat(struct task *me, int fd)
{
	struct stat found;
	struct call call;

	CALL(&call, SYS_fstat, fd, &found);
	if (call.result == 0 && fd < FDS) {
		learn(&place.fds[fd], &found);
		if (place.fds[fd].path == NULL)
			give_name(&place.fds[fd]);
	}
	stat_line(me, fd, &call);
	return call.result;
}

static const char *open_spelling(long nr)
{
#ifdef SYS_open
	if (nr == SYS_open)
		return "open";
	if (nr == SYS_creat)
		return "creat";
#endif
	return nr == SYS_openat2 ? "openat2" : "openat";
}

/* The line of an open is written after the fstat that tells what it opened, but stands before it. */
static long opened(struct task *me, long nr, const struct call *call, int dfd, const char *name,
		   const struct open_how *how, const char *path, int created)
{
	struct call asked = { 0 };
	struct stat found;
	int fd = call->result;

	if (fd >= 0) {
		CALL(&asked, SYS_fstat, fd, &found);
		must("fstat", asked.result, 0);
		if (fd >= FDS)
			give_up("descriptor too high", fd);
		place.fds[fd] = named(path);
		learn(&place.fds[fd], &found);
	}
	line(me, created ? "create" : "open", open_spelling(nr), call);
	f_num(me, "dfd", dfd);
	f_path_argument(me, "filename", "dir", dfd, name);
	f_hex(me, "flags", how->flags);
	if (how->flags & (O_CREAT | TMPFILE))
		f_octal(me, "mode", how->mode);
	else
		f_null(me, "mode");
	if (how->resolve)
		f_hex(me, "resolve", how->resolve);
	if (fd >= 0)
		f_descriptor(me, fd);
	line_end(me);
	if (fd >= 0)
		stat_line(me, fd, &asked);
	return fd;
}

long op_open(struct task *me, long nr, int dfd, const char *name, int flags, int mode,
	     const char *path, int created)
{
	struct open_how how = { .flags = (uint32_t)flags, .mode = mode };
	struct call call;

#ifdef SYS_open
	if (nr == SYS_open)
		CALL(&call, SYS_open, name, flags, mode);
	else if (nr == SYS_creat)
		CALL(&call, SYS_creat, name, mode);
	else
#endif
		CALL(&call, SYS_openat, dfd, name, flags, mode);
	return opened(me, nr, &call, dfd, name, &how, path, created);
}

long op_openat2(struct task *me, int dfd, const char *name, uint64_t flags, uint64_t mode,
		uint64_t resolve, const char *path, int created)
{
	struct open_how how = { .flags = flags, .mode = mode, .resolve = resolve };
	struct call call;

	CALL(&call, SYS_openat2, dfd, name, &how, sizeof(how));
	return opened(me, SYS_openat2, &call, dfd, name, &how, path, created);
}

long op_mknod(struct task *me, long nr, int dfd, const char *name, uint32_t mode, uint32_t device)
{
	struct call call;
	char numbers[32];

#ifdef SYS_mknod
	if (nr == SYS_mknod)
		CALL(&call, SYS_mknod, name, mode, device);
	else
#endif
		CALL(&call, SYS_mknodat, dfd, name, mode, device);
	line(me, "create", nr == SYS_mknodat ? "mknodat" : "mknod", &call);
	f_num(me, "dfd", dfd);
	f_path_argument(me, "filename", "dir", dfd, name);
	f_hex(me, "flags", 0);
	f_octal(me, "mode", mode);
	if (device) {
		snprintf(numbers, sizeof(numbers), "%u:%u", major(device), minor(device));
		f_name(me, "rdev", numbers);
	}
	line_end(me);
	return call.result;
}

long op_close(struct task *me, int fd)
{
	struct call call;

	CALL(&call, SYS_close, fd);
	line(me, "close", "close", &call);
	f_num(me, "dfd", fd);
	f_descriptor(me, fd);
	line_end(me);
	if (fd >= 0 && fd < FDS)
		place.fds[fd].known = 0;
	return call.result;
}

long op_close_range(struct task *me, uint32_t first, uint32_t last, int flags)
{
	struct call call;

	CALL(&call, SYS_close_range, first, last, flags);
	line(me, "close", "close_range", &call);
	f_num(me, "dfd", first);
	if (last != first)
		f_num(me, "last", last);
	if (flags)
		f_hex(me, "flags", flags);
	line_end(me);
	/* CLOSE_RANGE_CLOEXEC (4) only marks them. */
	for (uint32_t fd = first; call.result == 0 && !(flags & 4) && fd <= last && fd < FDS; fd++)
		place.fds[fd].known = 0;
	return call.result;
}

static long copied(struct task *me, const char *spelling, const struct call *call, int fd, int wanted,
		   int flags)
{
	line(me, "dup", spelling, call);
	f_num(me, "olddfd", fd);
	if (wanted < 0)
		f_null(me, "newdfd");
	else
		f_num(me, "newdfd", wanted);
	if (flags)
		f_hex(me, "flags", flags);
	f_descriptor(me, fd);
	line_end(me);
	if (call->result >= 0 && call->result < FDS)
		place.fds[call->result] = place.fds[fd];
	return call->result;
}

long op_dup(struct task *me, long nr, int fd, int wanted, int flags)
{
	struct call call;

	if (nr == SYS_dup) {
		CALL(&call, SYS_dup, fd);
		return copied(me, "dup", &call, fd, -1, 0);
	}
#ifdef SYS_dup2
	if (nr == SYS_dup2) {
		CALL(&call, SYS_dup2, fd, wanted);
		return copied(me, "dup2", &call, fd, wanted, 0);
	}
#endif
	CALL(&call, SYS_dup3, fd, wanted, flags);
	return copied(me, "dup3", &call, fd, wanted, flags);
}

long op_fcntl_dup(struct task *me, int fd, int command, int lowest)
{
	int flags = command == F_DUPFD_CLOEXEC ? O_CLOEXEC : 0;
	struct call call;

	CALL(&call, SYS_fcntl, fd, command, lowest);
	return copied(me, "fcntl", &call, fd, lowest, flags);
}
