/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/file_stat.h - stat and its kin, and what they found, read from where they have put it. */
#ifndef AOD_LOG_FILE_STAT_H
#define AOD_LOG_FILE_STAT_H

#define LOG_AT_SYMLINK_NOFOLLOW 0x100 /* include/uapi/linux/fcntl.h */
#define LOG_AT_EMPTY_PATH 0x1000

/* The beginning of struct stat: arch/x86/include/uapi/asm/stat.h, include/uapi/asm-generic/stat.h. */
struct log_stat {
	__u64 device;
	__u64 inode;
#if defined(__TARGET_ARCH_x86)
	__u64 links;
	__u32 mode;
#else
	__u32 mode;
	__u32 links;
#endif
	__u32 uid;
	__u32 gid;
};

/* include/uapi/linux/stat.h, as far as it is read. */
struct log_statx {
	__u32 mask, block_bytes;
	__u64 attributes;
	__u32 links, uid, gid;
	__u16 mode, spare;
	__u64 inode;
};

#define LOG_STATX_DEVICE_AT 136 /* stx_dev_major, stx_dev_minor */

struct log_found {
	__u64 inode;
	__u32 device;
	__u32 uid;
	__u32 gid;
	__u32 mode;
};

/* The kernel's own form of a device number, from that of stat (new_encode_dev). */
static __always_inline __u32 log_device_of_stat(__u64 device)
{
	__u32 major = device >> 8 & 0xfff, minor = (device & 0xff) | (device >> 12 & 0xfff00);

	return major << 20 | minor;
}

static __always_inline int log_found_by_statx(struct log_found *found, __u64 buffer)
{
	struct log_statx x = {};
	__u32 device[2] = {};

	if (bpf_probe_read_user(&x, sizeof(x), (const void *)buffer) ||
	    bpf_probe_read_user(device, sizeof(device), (const void *)(buffer + LOG_STATX_DEVICE_AT)))
		return 0;
	found->inode = x.inode;
	found->device = device[0] << 20 | device[1];
	found->uid = x.uid;
	found->gid = x.gid;
	found->mode = x.mode;
	return 1;
}

static __always_inline int log_found_by_stat(struct log_found *found, __u64 buffer)
{
	struct log_stat stat = {};

	if (bpf_probe_read_user(&stat, sizeof(stat), (const void *)buffer))
		return 0;
	found->inode = stat.inode;
	found->device = log_device_of_stat(stat.device);
	found->uid = stat.uid;
	found->gid = stat.gid;
	found->mode = stat.mode;
	return 1;
}

/* Completes the event of a stat that succeeded. */
static __always_inline void log_fill_stat(struct aod_log_event *event, const struct log_call *c)
{
	struct log_found found = {};
	int known;

	if (c->call == AOD_CALL_STATX)
		known = log_found_by_statx(&found, log_arg4(c));
	else if (c->call == AOD_CALL_NEWFSTATAT)
		known = log_found_by_stat(&found, log_arg2(c));
	else
		known = log_found_by_stat(&found, log_arg1(c));
	if (!known) {
		event->flags |= AOD_LOG_F_NAME_LOST;
		return;
	}
	event->args[3] = found.uid;
	event->args[4] = found.gid;
	event->args[5] = found.mode;
	if (event->flags & AOD_LOG_F_FILE)
		return;
	event->flags |= AOD_LOG_F_FILE;
	event->inode = found.inode;
	event->device = found.device;
	event->mode = found.mode;
	event->owner = found.uid;
}

/* What was asked for, as the event has it. */
struct log_stat_args {
	__s64 dfd;
	__u64 name;
	__u64 flags;
	__u64 mask;
};

static __always_inline void log_stat_args(struct log_stat_args *a, const struct log_call *c)
{
	a->dfd = LOG_AT_FDCWD;
	a->mask = 0;
	switch (c->call) {
	case AOD_CALL_NEWFSTATAT:
		a->dfd = log_int(log_arg0(c));
		a->name = log_arg1(c);
		a->flags = (__u32)log_arg3(c);
		return;
	case AOD_CALL_STATX:
		a->dfd = log_int(log_arg0(c));
		a->name = log_arg1(c);
		a->flags = (__u32)log_arg2(c);
		a->mask = (__u32)log_arg3(c);
		return;
	default:
		a->name = log_arg0(c);
		a->flags = c->call == AOD_CALL_LSTAT ? LOG_AT_SYMLINK_NOFOLLOW : 0;
	}
}

static __always_inline void log_set_stat(struct aod_log_event *event, const struct log_call *c,
					 const struct log_stat_args *a)
{
	event->args[0] = a->dfd;
	event->args[1] = a->flags;
	event->args[2] = a->mask;
	if (c->result == 0)
		log_fill_stat(event, c);
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(log_named_stat, struct pt_regs *regs, long result)
{
	struct aod_log_event *event;
	struct log_short_name name;
	struct log_stat_args a;
	struct log_scratch *s;
	__u32 size, dir, flags = 0;
	struct log_call c;
	int first;

	if (!log_call_begin(&c, regs, result))
		return 0;
	if (!log_admit(&c, AOD_LOG_STAT))
		return 0;
	log_stat_args(&a, &c);
	size = log_read_short(&name, a.name);
	/* An empty name has no more than its NUL. */
	if (size > 1) {
		dir = log_dir_of_short(&c, &name, a.dfd, &flags);
		event = log_reserve_short(&c, AOD_LOG_STAT, &name, size);
		if (!event)
			return 0;
		event->flags |= flags;
		event->dir_path = dir;
		log_set_stat(event, &c, &a);
		log_submit(event, &c);
		return 0;
	}
	s = log_build(&c, AOD_LOG_STAT);
	if (!s)
		return 0;
	first = log_add_user_name(s, AOD_LOG_NAME, (const char *)a.name);
	log_set_dir(s, &c, first, a.dfd);
	/* No name with AT_EMPTY_PATH is the descriptor's own file, as glibc's fstat has it. */
	if ((first == 0 || !a.name) && a.dfd >= 0) {
		log_set_file_of_fd(s, &c, a.dfd);
		if (!a.name)
			s->event.flags &= ~AOD_LOG_F_NAME_LOST;
	}
	log_set_stat(&s->event, &c, &a);
	log_finish(s, &c);
	return 0;
}

#endif /* AOD_LOG_FILE_STAT_H */
