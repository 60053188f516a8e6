/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/short_name.h - an event with one short name, as most names are: the name is read to the stack and the
 * event written where it will be read.
 *
 *   size = log_read_short(&name, user_address);        // before paths are told
 *   if (size > 0) {
 *           event = log_reserve_short(&c, type, &name, size);
 *           ...
 *           log_submit(event, &c);
 *   }
 *
 * Otherwise, and with a filter by prefix, it is built in the scratch (log/event.h). A read of user memory to
 * the stack takes the kernel a third less than one to a map: it need not find out whose memory that is.
 */
#ifndef AOD_LOG_SHORT_NAME_H
#define AOD_LOG_SHORT_NAME_H

#define LOG_SHORT_NAME 64

struct log_short_name {
	__u64 words[LOG_SHORT_NAME / 8];
};

/* As long as the longest short name, whatever the name: `data_bytes` says what of it is one. */
struct log_short_event {
	struct aod_log_event event;
	struct aod_log_data item;
	struct log_short_name name;
};

/* Bytes of a name with its NUL; 0 where it is not short, cannot be read, or does not go this way. */
static __always_inline __u32 log_read_short(struct log_short_name *name, __u64 from)
{
	long size;

	if (log_has_prefix)
		return 0;
	__builtin_memset(name, 0, sizeof(*name));
	size = log_read_user_string((char *)name, sizeof(*name), (const void *)from);
	return size > 0 && size < (long)sizeof(*name) ? size : 0;
}

/* As log_set_dir, before the event is there. */
static __always_inline __u32 log_dir_of_short(const struct log_call *c, const struct log_short_name *name,
					      __s64 dfd, __u32 *flags)
{
	if ((name->words[0] & 0xff) == '/')
		return log_chroot_of(c, LOG_PATH_DIR, flags);
	return log_dir_of(c, dfd, LOG_PATH_DIR, flags);
}

/* NULL (counted) where there is no room. */
static __always_inline struct aod_log_event *log_reserve_short(const struct log_call *c, __u32 type,
							       const struct log_short_name *name, __u32 size)
{
	struct log_short_event *out;

	log_tell_gap();
	out = bpf_ringbuf_reserve(&log_events, sizeof(*out), 0);
	if (!out) {
		log_lost(c->end_ns);
		return 0;
	}
	__builtin_memset(&out->event, 0, sizeof(out->event));
	log_fill(&out->event, c, type);
	out->event.data_bytes = sizeof(out->item) + ((size - 1 + 7) & ~7u);
	out->item.item = AOD_LOG_NAME;
	out->item.flags = 0;
	out->item.bytes = size - 1;
	out->name = *name;
	return &out->event;
}

#endif /* AOD_LOG_SHORT_NAME_H */
