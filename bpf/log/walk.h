/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/walk.h - from a dentry up to the root: its names, told to the reader, or a number for them. */
#ifndef AOD_LOG_WALK_H
#define AOD_LOG_WALK_H

#define LOG_BEGINS 64 /* a power of two, more than AOD_LOG_PATH_DEPTH */

struct log_walk {
	__u32 used; /* bytes of names */
	__u32 below_prefix; /* the directory that the prefix names was met */
	__u32 match_level, match_at; /* of log_match_walk */
	__u16 begin[LOG_BEGINS]; /* of each name in `names` */
	struct aod_log_path record;
	char names[LOG_NAMES_ROOM + LOG_NAME_ROOM]; /* directly behind the record: one piece in the ring */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct log_walk);
} log_walks SEC(".maps");

/* A number for the dentries and mounts from `dentry` up to the root, and for their names. */
static __always_inline __u64 log_chain_of(__u64 mount, __u64 dentry)
{
	__u64 inside = log_offset(struct mount, mnt), chain = 0;

	for (int i = 0; i < AOD_LOG_PATH_DEPTH + LOG_MOUNTS_CROSSED; i++) {
		__u64 parent;

		chain = (chain ^ dentry) * LOG_PATH_MIX;
		if (dentry == (__u64)log_read(mount, struct vfsmount, mnt_root)) {
			__u64 whole = mount - inside;

			parent = (__u64)log_read(whole, struct mount, mnt_parent);
			if (parent == whole || !parent)
				return chain;
			dentry = (__u64)log_read(whole, struct mount, mnt_mountpoint);
			mount = parent + inside;
			continue;
		}
		chain += log_read(dentry, struct dentry, d_name.hash);
		parent = (__u64)log_read(dentry, struct dentry, d_parent);
		if (parent == dentry || !parent)
			return chain;
		dentry = parent;
	}
	return chain;
}

/* Whether it is the directory that the prefix names. */
static __always_inline int log_is_prefix(const struct aod_log_config *config, __u64 dentry)
{
	__u64 inode, super;

	if (!config->prefix_inode)
		return 0;
	inode = (__u64)log_read(dentry, struct dentry, d_inode);
	if (!inode || log_read(inode, struct inode, i_ino) != config->prefix_inode)
		return 0;
	super = (__u64)log_read(inode, struct inode, i_sb);
	return log_read(super, struct super_block, s_dev) == config->prefix_device;
}

/*
 * Collects the names from `dentry` up to the root; flags of what was found. How far it is lives in memory
 * (`used`, `names`), not in registers: to the verifier each round then looks like any other.
 */
static __always_inline __u32 log_walk_up(struct log_walk *walk, __u64 mount, __u64 dentry)
{
	__u64 inside = log_offset(struct mount, mnt);
	volatile __u32 *used = &walk->used;
	volatile __u16 *names = &walk->record.names;
	struct aod_log_config *config = log_configuration();

	*used = 0;
	*names = 0;
	walk->below_prefix = 0;
	for (int i = 0; i < AOD_LOG_PATH_DEPTH + LOG_MOUNTS_CROSSED; i++) {
		__u64 parent;
		__u32 at;
		long size;

		if (log_has_prefix && config && log_is_prefix(config, dentry))
			walk->below_prefix = 1;
		if (dentry == (__u64)log_read(mount, struct vfsmount, mnt_root)) {
			__u64 whole = mount - inside;

			parent = (__u64)log_read(whole, struct mount, mnt_parent);
			if (parent == whole || !parent)
				return *names ? 0 : LOG_PATH_ROOT;
			dentry = (__u64)log_read(whole, struct mount, mnt_mountpoint);
			mount = parent + inside;
			continue;
		}
		if (*names >= AOD_LOG_PATH_DEPTH)
			return LOG_PATH_CUT;
		parent = (__u64)log_read(dentry, struct dentry, d_parent);
		at = *used & (LOG_NAMES_ROOM - 1);
		size = bpf_probe_read_kernel_str(walk->names + at, LOG_NAME_ROOM,
						 log_read(dentry, struct dentry, d_name.name));
		if (size <= 0)
			return LOG_PATH_CUT;
		*used = at + (__u32)size;
		walk->begin[*names & (LOG_BEGINS - 1)] = at;
		*names = *names + 1;
		if (parent == dentry || !parent)
			return LOG_PATH_LOOSE;
		dentry = parent;
	}
	return LOG_PATH_CUT;
}

/* Tells the reader what slot `index` of this CPU means. 0 where there was no room. */
static __always_inline int log_tell_path(struct log_walk *walk, __u32 index, __u32 flags)
{
	__u32 used = *(volatile __u32 *)&walk->used;

	if (used > sizeof(walk->names))
		return 0;
	walk->record.type = AOD_LOG_PATH;
	walk->record.cpu = bpf_get_smp_processor_id();
	walk->record.slot = index;
	walk->record.flags = (flags & LOG_PATH_CUT ? AOD_LOG_PATH_IS_CUT : 0) |
			     (flags & LOG_PATH_LOOSE ? AOD_LOG_PATH_IS_LOOSE : 0);
	walk->record.bytes = used;
	return !bpf_ringbuf_output(&log_events, &walk->record, sizeof(walk->record) + used,
				   BPF_RB_NO_WAKEUP);
}

#endif /* AOD_LOG_WALK_H */
