/* SPDX-License-Identifier: MIT */
/*
 * files.h - the calls on files: each function makes one call, in the spelling that its first arguments
 * say, and writes the line that the log must hold.
 */
#ifndef TRUTH_FILES_H
#define TRUTH_FILES_H

#include <sys/uio.h>
#include "account.h"

#define FDS 128

/* What this process knows of its descriptors and directories; a fork has its own copy. */
struct place {
	struct file fds[FDS];
	struct file cwd;
	struct file root; /* known: after chroot */
};

extern struct place place;

/* A path that stays: a + "/" + b. */
const char *path_of(const char *directory, const char *name);
/* A text that stays. */
const char *text_of(const char *text);
struct file named(const char *path);

/*
 * name: NULL is passed as a bad pointer. `path`: of the file that is opened. Each successful call is
 * followed by fstat (in the account as well), which tells inode, mode and owner.
 */
long op_open(struct task *me, long nr, int dfd, const char *name, int flags, int mode,
	     const char *path, int created);
long op_openat2(struct task *me, int dfd, const char *name, uint64_t flags, uint64_t mode,
		uint64_t resolve, const char *path, int created);
long op_mknod(struct task *me, long nr, int dfd, const char *name, uint32_t mode, uint32_t device);
long op_fstat(struct task *me, int fd);
long op_stat(struct task *me, long nr, int dfd, const char *name, int flags);
long op_close(struct task *me, int fd);
long op_close_range(struct task *me, uint32_t first, uint32_t last, int flags);
long op_dup(struct task *me, long nr, int fd, int wanted, int flags);
long op_fcntl_dup(struct task *me, int fd, int command, int lowest);
/* read, write and their kin: one buffer, or vectors where the spelling has them. */
long op_io(struct task *me, long nr, int fd, void *buffer, size_t count, int64_t offset);
/* A read that waits until a signal handler has run: user space sees EINTR, the log ERESTARTSYS. */
void op_read_interrupted(struct task *me, int fd);
long op_vectors(struct task *me, long nr, int fd, const struct iovec *vectors, int n, int64_t offset,
		int flags);
long op_unlink(struct task *me, long nr, int dfd, const char *name, int flags);
long op_rename(struct task *me, long nr, int old_dfd, const char *old, int new_dfd, const char *new,
	       int flags);
long op_link(struct task *me, long nr, int old_dfd, const char *old, int new_dfd, const char *new,
	     int flags);
long op_symlink(struct task *me, long nr, const char *target, int dfd, const char *name);
long op_mkdir(struct task *me, long nr, int dfd, const char *name, int mode);
long op_chdir(struct task *me, const char *name, const char *path);
long op_fchdir(struct task *me, int fd);
long op_chmod(struct task *me, long nr, int dfd, const char *name, int mode, int flags);
long op_fchmod(struct task *me, int fd, int mode);
long op_truncate(struct task *me, const char *name, int64_t length);
long op_ftruncate(struct task *me, int fd, int64_t length);

/* Fields that several events share. */
void f_path_argument(struct task *me, const char *key, const char *dir_key, int dfd, const char *name);
void f_descriptor(struct task *me, int fd);

#endif /* TRUTH_FILES_H */
