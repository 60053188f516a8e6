/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/vectors.h - how many bytes a vector call asks for. */
#ifndef AOD_LOG_VECTORS_H
#define AOD_LOG_VECTORS_H

#define LOG_VECTORS 1024 /* that are added up: UIO_MAXIOV, what a call may have */
#define LOG_VECTORS_PART 64
#define LOG_VECTORS_AT_ONCE 8
#define LOG_VECTORS_ARE_CUT (1ull << 63)

/* include/uapi/linux/uio.h */
struct log_iovec {
	__u64 base;
	__u64 length;
};

/*
 * The sum of the lengths of the first LOG_VECTORS_PART of `count` struct iovec at a user address, with
 * LOG_VECTORS_ARE_CUT where they cannot be read. Global functions, this and the next: the verifier looks
 * at each once, whoever calls it and how often.
 */
__noinline __u64 log_sum_part(__u64 vectors, __u64 count)
{
	struct log_iovec some[LOG_VECTORS_AT_ONCE];
	__u64 sum = 0;

	for (__u32 done = 0; done < LOG_VECTORS_PART; done += LOG_VECTORS_AT_ONCE) {
		__u64 left = count - done, bytes;

		if (done >= count)
			break;
		if (left > LOG_VECTORS_AT_ONCE)
			left = LOG_VECTORS_AT_ONCE;
		__builtin_memset(some, 0, sizeof(some));
		bytes = left * sizeof(some[0]);
		log_barrier(bytes);
		if (bytes > sizeof(some) ||
		    bpf_probe_read_user(some, bytes, (const void *)(vectors + done * sizeof(some[0]))))
			return sum | LOG_VECTORS_ARE_CUT;
		for (__u32 i = 0; i < LOG_VECTORS_AT_ONCE; i++)
			sum += some[i].length;
	}
	return sum & ~LOG_VECTORS_ARE_CUT;
}

/* The sum of all, with LOG_VECTORS_ARE_CUT where there are more than are added up or some cannot be read. */
__noinline __u64 log_sum_vectors(__u64 vectors, __u64 count)
{
	__u64 sum = 0;

	for (__u32 done = 0; done < LOG_VECTORS; done += LOG_VECTORS_PART) {
		__u64 part;

		if (done >= count)
			return sum & ~LOG_VECTORS_ARE_CUT;
		part = log_sum_part(vectors + done * sizeof(struct log_iovec), count - done);
		sum += part & ~LOG_VECTORS_ARE_CUT;
		if (part & LOG_VECTORS_ARE_CUT)
			return sum | LOG_VECTORS_ARE_CUT;
	}
	sum &= ~LOG_VECTORS_ARE_CUT;
	return count > LOG_VECTORS ? sum | LOG_VECTORS_ARE_CUT : sum;
}

/* The same for an event, which is marked. */
static __always_inline __u64 log_vector_bytes(struct aod_log_event *event, __u64 vectors, __u64 count)
{
	__u64 sum = log_sum_vectors(vectors, count);

	if (sum & LOG_VECTORS_ARE_CUT)
		event->flags |= AOD_LOG_F_VECTORS_CUT;
	return sum & ~LOG_VECTORS_ARE_CUT;
}

#endif /* AOD_LOG_VECTORS_H */
