/* SPDX-License-Identifier: MIT */
/* file_stat.c - stat, lstat, newfstatat and statx. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "files.h"

static struct file of_stat(const struct stat *found)
{
	return (struct file){
		.known = 1,
		.inode = found->st_ino,
		.major = major(found->st_dev),
		.minor = minor(found->st_dev),
		.mode = found->st_mode,
		.owner = found->st_uid,
		.group = found->st_gid,
	};
}

static struct file of_statx(const struct statx *found)
{
	return (struct file){
		.known = 1,
		.inode = found->stx_ino,
		.major = found->stx_dev_major,
		.minor = found->stx_dev_minor,
		.mode = found->stx_mode,
		.owner = found->stx_uid,
		.group = found->stx_gid,
	};
}

long op_stat(struct task *me, long nr, int dfd, const char *name, int flags)
{
	const char *spelling = "newfstatat";
	struct statx extended = { 0 };
	struct stat plain = { 0 };
	struct file found;
	struct call call;

	if (nr == SYS_statx) {
		CALL(&call, SYS_statx, dfd, name, flags, STATX_BASIC_STATS, &extended);
		spelling = "statx";
	} else if (nr == SYS_newfstatat) {
		CALL(&call, SYS_newfstatat, dfd, name, &plain, flags);
	}
#ifdef SYS_stat
	else if (nr == SYS_stat) {
		CALL(&call, SYS_stat, name, &plain);
		spelling = "stat";
	} else {
		CALL(&call, SYS_lstat, name, &plain);
		spelling = "lstat";
	}
#endif
	found = nr == SYS_statx ? of_statx(&extended) : of_stat(&plain);
	line(me, "stat", spelling, &call);
	f_num(me, "dfd", dfd);
	f_path_argument(me, "filename", "dir", dfd, name);
	/* As newfstatat has it. */
	f_hex(me, "flags", spelling[0] == 'l' ? AT_SYMLINK_NOFOLLOW : flags);
	if (nr == SYS_statx)
		f_hex(me, "mask", STATX_BASIC_STATS);
	f_found(me, call.result == 0 ? &found : NULL);
	/* With an empty name it is the descriptor's file. */
	if (name && name[0] == 0 && dfd >= 0 && dfd < FDS) {
		found.path = place.fds[dfd].path;
		found.path_bytes = place.fds[dfd].path_bytes;
	}
	if (call.result == 0)
		f_file(me, &found);
	line_end(me);
	return call.result;
}
