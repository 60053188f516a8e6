/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/read.h - reading kernel memory of which only the address, a number, is known.
 *
 *   __u64 inode = (__u64)log_read(file, struct file, f_inode);
 *   __u16 mode = log_read(inode, struct inode, i_mode);
 *
 * Since Linux 6.2 bpf_rdonly_cast lets the verifier take a number for a pointer to a kernel struct: the read
 * is a plain load, which gives 0 where it faults. event_log_old.bpf.c does it by a helper, at ten times the
 * price.
 */
#ifndef AOD_LOG_READ_H
#define AOD_LOG_READ_H

#define log_offset(type, field) ((__u64)bpf_core_field_offset(type, field))

#ifdef AOD_LOG_OLD

#define log_load(address, type, field)                                                        \
	({                                                                                    \
		typeof(((type *)0)->field) loaded_ = 0;                                       \
		bpf_probe_read_kernel(&loaded_, sizeof(loaded_),                              \
				      (const void *)((address) + log_offset(type, field)));   \
		loaded_;                                                                      \
	})

/* 8 bytes of kernel memory; 0 where they cannot be read. */
static __always_inline __u64 log_kernel_u64(__u64 address)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), (const void *)address);
	return value;
}

#else

extern void *bpf_rdonly_cast(const void *address, __u32 btf_id) __ksym;

#define log_load(address, type, field)                                                        \
	(((type *)bpf_rdonly_cast((const void *)(address), bpf_core_type_id_kernel(type)))->field)

/* Any kernel struct that begins with a number of 8 bytes: what is read so stays a number. */
struct timespec64 {
	__s64 tv_sec;
} __attribute__((preserve_access_index));

/* 8 bytes of kernel memory; 0 where they cannot be read. */
static __always_inline __u64 log_kernel_u64(__u64 address)
{
	return log_load(address, struct timespec64, tv_sec);
}

#endif

/* A field of a kernel struct at a known address. */
#define log_read(address, type, field)                                                        \
	({                                                                                    \
		__u64 address_ = (__u64)(address);                                            \
		typeof(((type *)0)->field) value_;                                            \
		if (sizeof(value_) == 8) /* a pointer is wanted as a number */                \
			value_ = (typeof(value_))log_kernel_u64(address_ +                    \
								log_offset(type, field));     \
		else                                                                          \
			value_ = (typeof(value_))log_load(address_, type, field);             \
		value_;                                                                       \
	})

#endif /* AOD_LOG_READ_H */
