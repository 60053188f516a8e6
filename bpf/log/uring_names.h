/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/uring_names.h - names that operations of io_uring are given, which the kernel has copied already. */
#ifndef AOD_LOG_URING_NAMES_H
#define AOD_LOG_URING_NAMES_H

#if defined(__TARGET_ARCH_arm64)
#define LOG_O_LARGEFILE 0400000
#else
#define LOG_O_LARGEFILE 0100000 /* io_uring sets it for all it opens */
#endif

/* Names of an operation, addresses of struct filename, and what they are relative to. */
struct log_uring_names {
	__u64 name, name2;
	__s64 dfd, dfd2;
};

static __always_inline void log_uring_names(struct aod_log_event *event, __u64 req, __u32 op,
					    struct log_uring_names *names)
{
	if (op == LOG_OP_OPENAT || op == LOG_OP_OPENAT2) {
		names->dfd = log_read(req, struct io_open, dfd);
		names->name = (__u64)log_read(req, struct io_open, filename);
		event->args[0] = names->dfd;
		event->args[1] = log_read(req, struct io_open, how.flags) & ~(__u64)LOG_O_LARGEFILE;
		event->args[2] = log_read(req, struct io_open, how.mode);
		event->args[4] = log_read(req, struct io_open, how.resolve);
	} else if (op == LOG_OP_STATX) {
		names->dfd = log_read(req, struct io_statx, dfd);
		names->name = (__u64)log_read(req, struct io_statx, filename);
		event->args[0] = names->dfd;
		event->args[1] = log_int(log_read(req, struct io_statx, flags));
		event->args[2] = log_read(req, struct io_statx, mask);
	} else if (op == LOG_OP_UNLINKAT) {
		names->dfd = log_read(req, struct io_unlink, dfd);
		names->name = (__u64)log_read(req, struct io_unlink, filename);
		event->args[0] = names->dfd;
		event->args[1] = log_int(log_read(req, struct io_unlink, flags));
	} else if (op == LOG_OP_MKDIRAT) {
		names->dfd = log_read(req, struct io_mkdir, dfd);
		names->name = (__u64)log_read(req, struct io_mkdir, filename);
		event->args[0] = names->dfd;
		event->args[1] = log_read(req, struct io_mkdir, mode);
	}
}

#define log_uring_two(event, req, names, type)                                                \
	do {                                                                                  \
		(names)->dfd = log_read(req, type, old_dfd);                                  \
		(names)->dfd2 = log_read(req, type, new_dfd);                                 \
		(names)->name = (__u64)log_read(req, type, oldpath);                          \
		(names)->name2 = (__u64)log_read(req, type, newpath);                         \
		(event)->args[0] = (names)->dfd;                                              \
		(event)->args[1] = (names)->dfd2;                                             \
		(event)->args[2] = log_int(log_read(req, type, flags));                       \
	} while (0)

#define log_uring_symlink(event, req, names, type)                                            \
	do {                                                                                  \
		(names)->dfd2 = log_read(req, type, new_dfd);                                 \
		(names)->name = (__u64)log_read(req, type, oldpath);                          \
		(names)->name2 = (__u64)log_read(req, type, newpath);                         \
		(event)->args[1] = (names)->dfd2;                                             \
	} while (0)

static __always_inline void log_uring_two_names(struct aod_log_event *event, __u64 req, __u32 op,
						struct log_uring_names *names)
{
	int one_link = bpf_core_type_exists(struct io_link);

	if (op == LOG_OP_RENAMEAT) {
		log_uring_two(event, req, names, struct io_rename);
	} else if (op == LOG_OP_LINKAT) {
		if (one_link)
			log_uring_two(event, req, names, struct io_link);
		else
			log_uring_two(event, req, names, struct io_hardlink);
	} else if (op == LOG_OP_SYMLINKAT) {
		if (one_link)
			log_uring_symlink(event, req, names, struct io_link);
		else
			log_uring_symlink(event, req, names, struct io_symlink);
	}
}

/* Adds a name: of a struct filename, or of user memory (statx before 6.0). */
static __always_inline int log_add_filename(struct log_scratch *s, __u32 item, __u64 filename)
{
	if ((__s64)filename > 0)
		return log_add_user_name(s, item, (const char *)filename);
	return log_add_kernel_name(s, item, log_read(filename, struct filename, name));
}

static __always_inline void log_add_uring_names(struct log_scratch *s, const struct log_call *c,
						const struct log_uring_names *names)
{
	int first;

	if (names->name) {
		first = log_add_filename(s, AOD_LOG_NAME, names->name);
		/* What a symbolic link points to is relative to the link. */
		if (s->event.type != AOD_LOG_SYMLINK)
			log_set_dir(s, c, first, names->dfd);
	}
	if (names->name2) {
		first = log_add_filename(s, AOD_LOG_NAME2, names->name2);
		log_set_dir2(s, c, first, names->dfd2);
	}
}

#endif /* AOD_LOG_URING_NAMES_H */
