/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/dir.h - what the names of an event are relative to. */
#ifndef AOD_LOG_DIR_H
#define AOD_LOG_DIR_H

#define LOG_ROOT_MOUNTS 3 /* file systems mounted on the root of another that are looked through */

/* Path of the directory `dfd` (AT_FDCWD: the current one), marked in *flags. */
static __always_inline __u32 log_dir_of(const struct log_call *c, __s64 dfd, __u32 kind, __u32 *flags)
{
	struct fs_struct *fs = c->task->fs;
	__u64 mount, dentry, file, path;

	if (dfd == LOG_AT_FDCWD) {
		if (!fs)
			return 0;
		mount = (__u64)log_read(fs, struct fs_struct, pwd.mnt);
		dentry = (__u64)log_read(fs, struct fs_struct, pwd.dentry);
	} else {
		file = log_fd(c, dfd);
		if (!file)
			return 0;
		mount = (__u64)log_read(file, struct file, f_path.mnt);
		dentry = (__u64)log_read(file, struct file, f_path.dentry);
	}
	if (log_is_deleted(dentry))
		*flags |= AOD_LOG_F_DIR_DELETED;
	path = log_path(c, mount, dentry, kind);
	*flags |= log_path_event_flags(path);
	return log_path_number(path);
}

/* Whether names from there begin at the root of the mount namespace, through what is mounted on it. */
static __always_inline int log_is_namespace_root(__u64 mount, __u64 dentry)
{
	__u64 inside = log_offset(struct mount, mnt);

	for (int i = 0; i < LOG_ROOT_MOUNTS; i++) {
		__u64 whole = mount - inside, parent;

		if (dentry != (__u64)log_read(mount, struct vfsmount, mnt_root))
			return 0;
		parent = (__u64)log_read(whole, struct mount, mnt_parent);
		if (parent == whole)
			return 1;
		dentry = (__u64)log_read(whole, struct mount, mnt_mountpoint);
		mount = parent + inside;
	}
	return 0;
}

/* Path of the task's root where that is not the root of its mount namespace (marked in *flags); else 0. */
static __always_inline __u32 log_chroot_of(const struct log_call *c, __u32 kind, __u32 *flags)
{
	struct fs_struct *fs = c->task->fs;
	__u64 mount, dentry, path;

	if (!fs)
		return 0;
	/* Read as numbers: a pointer that the verifier knows is no argument of a global function. */
	mount = (__u64)log_read(fs, struct fs_struct, root.mnt);
	dentry = (__u64)log_read(fs, struct fs_struct, root.dentry);
	if (log_is_namespace_root(mount, dentry))
		return 0;
	path = log_path(c, mount, dentry, kind);
	if (log_path_is_root(path))
		return 0;
	*flags |= AOD_LOG_F_CHROOT | log_path_event_flags(path);
	return log_path_number(path);
}

/* What AOD_LOG_NAME begins at, by its first character as log_add_user_name returned it. */
static __always_inline void log_set_dir(struct log_scratch *s, const struct log_call *c, int first,
					__s64 dfd)
{
	if (first < 0)
		return;
	if (first == '/')
		s->event.dir_path = log_chroot_of(c, LOG_PATH_DIR, &s->event.flags);
	else
		s->event.dir_path = log_dir_of(c, dfd, LOG_PATH_DIR, &s->event.flags);
}

/* The same of AOD_LOG_NAME2. */
static __always_inline void log_set_dir2(struct log_scratch *s, const struct log_call *c, int first,
					 __s64 dfd)
{
	if (first < 0)
		return;
	if (first == '/')
		s->event.dir2_path = log_chroot_of(c, LOG_PATH_DIR2, &s->event.flags);
	else
		s->event.dir2_path = log_dir_of(c, dfd, LOG_PATH_DIR2, &s->event.flags);
}

/* The file of an empty name: that of the descriptor. */
static __always_inline void log_set_file_of_fd(struct log_scratch *s, const struct log_call *c, __s64 fd)
{
	struct log_file file;

	log_file_of_fd(&file, c, fd);
	log_set_file(&s->event, &file);
}

#endif /* AOD_LOG_DIR_H */
