/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* trace/block_row.h - which row a request is counted in. */
#ifndef AOD_TRACE_BLOCK_ROW_H
#define AOD_TRACE_BLOCK_ROW_H

static __always_inline __u32 block_op_of(struct request *rq)
{
	switch (rq->cmd_flags & BLOCK_REQ_OP_MASK) {
	case BLOCK_REQ_OP_READ:
		return AOD_BLOCK_OP_READ;
	case BLOCK_REQ_OP_WRITE:
		return AOD_BLOCK_OP_WRITE;
	case BLOCK_REQ_OP_FLUSH:
		return AOD_BLOCK_OP_FLUSH;
	case BLOCK_REQ_OP_DISCARD:
	case BLOCK_REQ_OP_SECURE_ERASE:
		return AOD_BLOCK_OP_DISCARD;
	default:
		return AOD_BLOCK_OP_OTHER;
	}
}

/* major << 20 | minor; 0 for a queue without a disk (commands to a controller). */
static __always_inline __u32 block_number_of(struct request *rq)
{
	struct request___old *old = (void *)rq;
	struct gendisk *disk;

	if (bpf_core_field_exists(old->rq_disk))
		disk = old->rq_disk;
	else
		disk = rq->q->disk;
	return disk ? (__u32)disk->major << 20 | (__u32)disk->first_minor : 0;
}

/* Its index in block_devices; 0 where there is no room for another. */
static __always_inline __u32 block_device_of(__u32 number)
{
	__u64 wanted = 1ull << 32 | number;
	__u32 first = number ^ number >> 20 ^ number >> 4;

	for (__u32 i = 0; i < BLOCK_DEVICE_WAYS; i++) {
		__u32 at = (first + i) & (AOD_BLOCK_DEVICES - 1);
		struct aod_block_device *device;
		__u64 found;

		if (!at)
			continue;
		device = bpf_map_lookup_elem(&block_devices, &at);
		if (!device)
			return 0;
		found = device->number;
		if (!found)
			found = __sync_val_compare_and_swap(&device->number, 0, wanted);
		if (!found || found == wanted)
			return at;
	}
	return 0;
}

#endif /* AOD_TRACE_BLOCK_ROW_H */
