/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/types.h - the kernel types of files that the event log looks into, written by hand (as
 * lib/cifs_types.h); those of tasks are in lib/task_types.h.
 *
 * Only the fields that are read; libbpf relocates each access against the running kernel's BTF.
 */
#ifndef AOD_LOG_TYPES_H
#define AOD_LOG_TYPES_H

#include "../lib/task_types.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct qstr {
	__u32 hash;
	__u32 len;
	const unsigned char *name;
};

struct super_block {
	__u32 s_dev;
};

struct inode {
	__u16 i_mode;
	aod_kuid_t i_uid;
	struct super_block *i_sb;
	unsigned long i_ino;
};

struct hlist_bl_node {
	struct hlist_bl_node *next, **pprev;
};

struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	unsigned int f_mode;
	struct path f_path;
	struct inode *f_inode;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct fs_struct {
	struct path root;
	struct path pwd;
};

#pragma clang attribute pop

#endif /* AOD_LOG_TYPES_H */
