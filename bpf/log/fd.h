/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/fd.h - the file behind a descriptor, and the directory that a name is relative to.
 */
#ifndef AOD_LOG_FD_H
#define AOD_LOG_FD_H

#define LOG_AT_FDCWD (-100) /* include/uapi/linux/fcntl.h */
#define LOG_S_IFMT 0170000
#define LOG_S_IFSOCK 0140000
#define LOG_S_IFIFO 0010000

/* Address of the struct file of descriptor `fd` of the current process; 0 where there is none. */
static __always_inline __u64 log_fd(const struct log_call *c, __s64 fd)
{
	struct files_struct *files = c->task->files;
	struct fdtable *table;

	if (!files || fd < 0)
		return 0;
	table = files->fdt;
	if (!table || (__u64)fd >= table->max_fds)
		return 0;
	return log_kernel_u64((__u64)table->fd + (__u64)fd * sizeof(void *));
}

/* The dentry has left its directory: it was unlinked or rmdir'ed. */
static __always_inline int log_is_deleted(__u64 dentry)
{
	return !log_read(dentry, struct dentry, d_hash.pprev) &&
	       (__u64)log_read(dentry, struct dentry, d_parent) != dentry;
}

/* Inode, device, mode, owner and path of an open file (the address of a struct file; 0: none). */
static __always_inline void log_file_of(struct log_file *out, const struct log_call *c, __u64 file)
{
	__u64 inode, dentry, path;

	__builtin_memset(out, 0, sizeof(*out));
	if (!file)
		return;
	inode = (__u64)log_read(file, struct file, f_inode);
	if (!inode)
		return;
	out->inode = log_read(inode, struct inode, i_ino);
	out->mode = log_read(inode, struct inode, i_mode);
	out->owner = log_read(inode, struct inode, i_uid.val);
	inode = (__u64)log_read(inode, struct inode, i_sb);
	out->device = log_read(inode, struct super_block, s_dev);
	out->flags = AOD_LOG_F_FILE;
	/* The reader makes socket:[inode] of these. */
	if ((out->mode & LOG_S_IFMT) == LOG_S_IFSOCK)
		return;
	dentry = (__u64)log_read(file, struct file, f_path.dentry);
	if ((out->mode & LOG_S_IFMT) == LOG_S_IFIFO &&
	    (__u64)log_read(dentry, struct dentry, d_parent) == dentry)
		return;
	if (log_is_deleted(dentry))
		out->flags |= AOD_LOG_F_DELETED;
	path = log_path(c, (__u64)log_read(file, struct file, f_path.mnt), dentry, LOG_PATH_FILE);
	out->path = log_path_number(path);
	out->flags |= log_path_event_flags(path);
}

/* The same of a descriptor. */
static __always_inline void log_file_of_fd(struct log_file *out, const struct log_call *c, __s64 fd)
{
	log_file_of(out, c, log_fd(c, fd));
}

static __always_inline void log_set_file(struct aod_log_event *event, const struct log_file *file)
{
	event->inode = file->inode;
	event->device = file->device;
	event->owner = file->owner;
	event->mode = file->mode;
	event->file_path = file->path;
	event->flags |= file->flags;
}

#endif /* AOD_LOG_FD_H */
