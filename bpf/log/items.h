/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/items.h - data items of an event that is built in the CPU's buffer: names and bytes of user memory. */
#ifndef AOD_LOG_ITEMS_H
#define AOD_LOG_ITEMS_H

/* The place of the next item's bytes; its header is before it. */
static __always_inline __u8 *log_next_item(struct log_scratch *s)
{
	__u32 at = *(volatile __u32 *)&s->event.data_bytes;

	at &= LOG_DATA_MASK & ~7;
	log_barrier(at);
	at &= LOG_DATA_MASK & ~7;
	return s->data + at + sizeof(struct aod_log_data);
}

/* Makes what was put at log_next_item() an item of `bytes` (at most LOG_ITEM_MAX). */
static __always_inline void log_end_item(struct log_scratch *s, __u32 item, __u32 bytes, __u32 flags)
{
	__u8 *data = log_next_item(s);
	struct aod_log_data *header = (void *)(data - sizeof(*header));

	/* Older verifiers forget what the compiler knows of it. */
	log_barrier(bytes);
	if (bytes > LOG_ITEM_MAX)
		return;
	if (item == AOD_LOG_NAME)
		s->name = data - s->data;
	else if (item == AOD_LOG_NAME2)
		s->name2 = data - s->data;
	header->item = item;
	header->flags = flags;
	header->bytes = bytes;
	/* The padding holds what was there before. */
	*(__u64 *)(data + bytes) = 0;
	*(volatile __u32 *)&s->event.data_bytes += sizeof(*header) + ((bytes + 7) & ~7u);
}

/*
 * Reads a string of user memory: bytes with the NUL, or what is below 0 where it cannot be read. Of an
 * empty string older kernels (6.12 and before) say that it has 0 bytes.
 */
static __always_inline long log_read_user_string(void *to, __u32 room, const void *from)
{
	long size = bpf_probe_read_user_str(to, room, from);

	if (size)
		return size;
	*(char *)to = 0;
	return 1;
}

/*
 * Adds a NUL-terminated name of user memory. Returns its first character, 0 where it is empty, -1 where
 * it cannot be read (marked).
 */
static __always_inline int log_add_user_name(struct log_scratch *s, __u32 item, const char *name)
{
	char *data = (char *)log_next_item(s);
	/* One byte more, for the NUL: the longest name that the kernel takes is not marked as cut. */
	long size = log_read_user_string(data, LOG_ITEM_MAX + 1, name);

	if (size <= 0) {
		s->event.flags |= AOD_LOG_F_NAME_LOST;
		return -1;
	}
	log_end_item(s, item, size - 1, size > LOG_ITEM_MAX ? AOD_LOG_ITEM_CUT : 0);
	return (unsigned char)data[0]; /* above 127 it is no failure */
}

/* Adds `bytes` of kernel or user memory, at most `limit` (a constant of at most LOG_ITEM_MAX) of them. */
static __always_inline int log_add_bytes(struct log_scratch *s, __u32 item, const void *from,
					 __u32 bytes, __u32 limit, int of_kernel)
{
	__u8 *data = log_next_item(s);
	__u32 flags = 0;

	if (bytes > limit) {
		bytes = limit;
		flags = AOD_LOG_ITEM_CUT;
	}
	log_barrier(bytes);
	if (bytes > limit)
		return -1;
	if (of_kernel ? bpf_probe_read_kernel(data, bytes, from) : bpf_probe_read_user(data, bytes, from)) {
		s->event.flags |= AOD_LOG_F_NAME_LOST;
		return -1;
	}
	log_end_item(s, item, bytes, flags);
	return 0;
}

#define log_add_user_bytes(s, item, from, bytes, limit) log_add_bytes(s, item, from, bytes, limit, 0)
#define log_add_kernel_bytes(s, item, from, bytes, limit) log_add_bytes(s, item, from, bytes, limit, 1)

#endif /* AOD_LOG_ITEMS_H */
