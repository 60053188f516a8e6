/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/path.h - paths of dentries, told to the reader once and referred to by number from then on.
 *
 *   __u64 path = log_path(c, mount, dentry, LOG_PATH_DIR);
 *   event->dir_path = log_path_number(path);
 *   event->flags |= log_path_event_flags(path);
 *
 * Each CPU has AOD_LOG_PATH_SLOTS slots, found by a hash. One event refers to up to three paths, which
 * must not push each other out: each of the three has slots of its own.
 *
 * A slot holds as long as its dentry has the same name, parent and inode, and nothing above it was
 * renamed: aod_log_config.names_generation counts every successful rename and mount. After one of those the
 * dentries above are looked at once, by their addresses and the hashes of their names. Addresses are used
 * again for what is made next (/proc/8/stat where /proc/7/stat was), so the inode's number and the name of
 * the parent are looked at with them.
 */
#ifndef AOD_LOG_PATH_H
#define AOD_LOG_PATH_H

#define LOG_NAME_ROOM 256 /* NAME_MAX and its NUL */
#define LOG_NAMES_ROOM 16384 /* more than AOD_LOG_PATH_DEPTH * LOG_NAME_ROOM; a power of two */
#define LOG_MOUNTS_CROSSED 16
#define LOG_PATH_MIX 0x9e3779b97f4a7c15ull /* 2^64 / golden ratio: spreads numbers over all bits */

enum log_path_kind {
	LOG_PATH_FILE = 0, /* slots 0 to 2047 */
	LOG_PATH_DIR = 1, /* slots 2048 to 3071 */
	LOG_PATH_DIR2 = 2, /* slots 3072 to 4095 */
};

/* What log_path returns: slot + 1 (0: none) in the low 32 bits, these above. */
enum log_path_flag {
	LOG_PATH_VALID = 1 << 0,
	LOG_PATH_CUT = 1 << 1,
	LOG_PATH_LOST = 1 << 2,
	LOG_PATH_ROOT = 1 << 3, /* the root of the mount namespace */
	LOG_PATH_LOOSE = 1 << 4, /* hangs below no root: memfd:name, [eventfd] */
	LOG_PATH_TOLD = 1 << 5, /* though it does not match the prefix */
};

/* Whether there is a filter by path prefix (log/prefix.h); without one the verifier drops all of it. */
const volatile __u8 log_has_prefix = 0;

enum log_match {
	LOG_MATCH_NONE = 0xffff,
	LOG_MATCH_ALL = 0xfffe,
	/* less: so many bytes of the prefix are the whole path */
};

struct log_path_slot {
	__u64 mount;
	__u64 dentry;
	__u64 parent; /* and its name */
	__u64 inode; /* and its number */
	__u32 hash; /* of the name */
	__u32 generation;
	__u32 flags; /* enum log_path_flag */
	__u16 match; /* enum log_match, where there is such a filter */
	__u16 paths_generation;
	__u64 chain; /* of the dentries above it and their names */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, AOD_LOG_PATH_SLOTS);
	__type(key, __u32);
	__type(value, struct log_path_slot);
} log_paths SEC(".maps");

#include "walk.h"

#define log_path_number(path) ((__u32)(path))

static __always_inline __u32 log_path_event_flags(__u64 path)
{
	__u32 flags = path >> 32;

	return (flags & LOG_PATH_CUT ? AOD_LOG_F_PATH_CUT : 0) |
	       (flags & LOG_PATH_LOST ? AOD_LOG_F_PATH_LOST : 0);
}

static __always_inline int log_path_is_root(__u64 path)
{
	return path >> 32 & LOG_PATH_ROOT;
}

/* Where a path's slot is. */
static __always_inline __u32 log_path_index(__u64 mount, __u64 dentry, __u32 kind)
{
	__u64 hash = (dentry ^ mount << 7) * LOG_PATH_MIX;

	if (kind == LOG_PATH_FILE)
		return hash >> 53; /* 11 bits */
	return (kind == LOG_PATH_DIR ? 2048 : 3072) + (hash >> 54);
}

__noinline __u32 log_match_walk(void); /* log/prefix.h */

/*
 * What a slot is compared with, of a dentry in a mount (addresses of struct dentry and struct vfsmount): its
 * name, its parent with its name, its inode with its number.
 */
static __always_inline int log_path_same(const struct log_path_slot *slot, __u64 mount, __u64 dentry,
					 __u64 parent, __u64 inode, __u32 hash)
{
	return slot->flags & LOG_PATH_VALID && slot->dentry == dentry && slot->mount == mount &&
	       slot->parent == parent && slot->inode == inode && slot->hash == hash;
}

static __always_inline __u64 log_path_parent(__u64 dentry)
{
	__u64 parent = (__u64)log_read(dentry, struct dentry, d_parent);

	return parent + log_read(parent, struct dentry, d_name.hash) * LOG_PATH_MIX;
}

static __always_inline __u64 log_path_inode(__u64 dentry)
{
	__u64 inode = (__u64)log_read(dentry, struct dentry, d_inode);

	return inode + log_read(inode, struct inode, i_ino) * LOG_PATH_MIX;
}

/* Fills or confirms a path's slot. A global function: the verifier looks at it once, whoever calls it. */
__noinline __u64 log_path_looked_up(__u64 mount, __u64 dentry, __u32 kind)
{
	struct aod_log_config *config = log_configuration();
	__u32 index = log_path_index(mount, dentry, kind), zero = 0;
	struct log_path_slot *slot;
	struct log_walk *walk;
	__u64 parent, inode, chain;
	__u32 hash, flags, generation;
	int same;

	if (!mount || !dentry || !config)
		return 0;
	slot = bpf_map_lookup_elem(&log_paths, &index);
	if (!slot)
		return 0;
	parent = log_path_parent(dentry);
	inode = log_path_inode(dentry);
	hash = log_read(dentry, struct dentry, d_name.hash);
	/* Read before the names: what is renamed meanwhile makes the slot one to look at again. */
	generation = *(volatile __u32 *)&config->names_generation;
	same = log_path_same(slot, mount, dentry, parent, inode, hash);
	chain = log_chain_of(mount, dentry);
	slot->generation = generation;
	if (same && slot->chain == chain && slot->paths_generation == config->paths_generation)
		return (__u64)slot->flags << 32 | (index + 1);
	slot->flags = 0;
	slot->mount = mount;
	slot->dentry = dentry;
	slot->parent = parent;
	slot->inode = inode;
	slot->hash = hash;
	slot->chain = chain;
	slot->paths_generation = config->paths_generation;
	walk = bpf_map_lookup_elem(&log_walks, &zero);
	if (!walk)
		return 0;
	flags = log_walk_up(walk, mount, dentry);
	if (log_has_prefix) {
		slot->match = log_match_walk();
		/* Told when an event with it passes the filter by another name of its: log_tell_kept. */
		if (slot->match == LOG_MATCH_NONE) {
			slot->flags = flags | LOG_PATH_VALID;
			return (__u64)slot->flags << 32 | (index + 1);
		}
	}
	if (!log_tell_path(walk, index, flags)) {
		log_count(AOD_LOG_C_PATHS_LOST);
		return (__u64)(LOG_PATH_LOST | (flags & LOG_PATH_ROOT)) << 32;
	}
	log_count(AOD_LOG_C_PATHS);
	slot->flags = flags | LOG_PATH_VALID;
	return (__u64)slot->flags << 32 | (index + 1);
}

/*
 * The path of a dentry in a mount. Mostly its slot holds; that is looked at here, for a call costs as much
 * as all of it.
 */
static __always_inline __u64 log_path(const struct log_call *c, __u64 mount, __u64 dentry, __u32 kind)
{
	__u32 index = log_path_index(mount, dentry, kind);
	const struct log_path_slot *slot = bpf_map_lookup_elem(&log_paths, &index);

	if (slot && log_path_same(slot, mount, dentry, log_path_parent(dentry), log_path_inode(dentry),
				  log_read(dentry, struct dentry, d_name.hash)) &&
	    slot->generation == *(volatile __u32 *)&c->config->names_generation)
		return (__u64)slot->flags << 32 | (index + 1);
	return log_path_looked_up(mount, dentry, kind);
}

/* The path of a dentry as this CPU told of it last, without a look at the dentry; 0 where it has not. */
static __always_inline __u64 log_path_kept(__u64 mount, __u64 dentry)
{
	__u32 index = log_path_index(mount, dentry, LOG_PATH_FILE);
	struct log_path_slot *slot = bpf_map_lookup_elem(&log_paths, &index);

	if (!slot || !(slot->flags & LOG_PATH_VALID) || slot->dentry != dentry || slot->mount != mount)
		return 0;
	return (__u64)slot->flags << 32 | (index + 1);
}

/* Tells of a path that was kept back. 0 where there was no room. */
__noinline __u32 log_path_again(__u32 index)
{
	struct log_path_slot *slot = bpf_map_lookup_elem(&log_paths, &index);
	__u32 zero = 0;
	struct log_walk *walk = bpf_map_lookup_elem(&log_walks, &zero);

	if (!slot || !walk)
		return 0;
	if (!log_tell_path(walk, index, log_walk_up(walk, slot->mount, slot->dentry))) {
		log_count(AOD_LOG_C_PATHS_LOST);
		return 0;
	}
	log_count(AOD_LOG_C_PATHS);
	return 1;
}

#endif /* AOD_LOG_PATH_H */
