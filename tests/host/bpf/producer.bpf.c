// SPDX-License-Identifier: (MIT OR GPL-2.0-only)
/*
 * producer.bpf.c - writes SMB records into the ring of the real probe on a kernel without cifs.
 *
 * Run by BPF_PROG_TEST_RUN: smb_work[0], which the test maps, says how many records and which, and
 * holds the record to copy. The wake-up protocol and the counters are those of bpf/smb.bpf.c, so
 * that what reads the ring is tested against a real producer. Tests and benchmarks only.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stddef.h>
#include <bpf/bpf_helpers.h>
#include "events.h"

/* What to do for each record. */
enum produce_flag {
	PRODUCE_STAMP_END = 1, /* end_ns = now */
	PRODUCE_DISCARD = 2, /* reserve and discard every second record */
	PRODUCE_WAKE = 4, /* obey reader_waiting; otherwise never wake */
	PRODUCE_COUNT_IDS = 8, /* message_id = the record's number since load */
	PRODUCE_NAMED = 16, /* every third record is a struct aod_smb_named */
};

/* smb_work[0] */
struct produce {
	__u32 count;
	__u32 flags;
	__u64 emitted; /* out */
	__u64 dropped; /* out */
	struct aod_smb_named record;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} smb_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct aod_smb_control);
} smb_control SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, AOD_SMB_C_MAX);
	__type(key, __u32);
	__type(value, __u64);
} smb_counters SEC(".maps");

/* One request that hangs for each entry; the value is its record. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct aod_smb_tree_key);
	__type(value, struct aod_smb_named);
} smb_in_flight SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct produce);
} smb_work SEC(".maps");

__u64 next_id = 0;

static __always_inline void count(__u32 which)
{
	__u64 *value = bpf_map_lookup_elem(&smb_counters, &which);

	if (value)
		(*value)++;
}

static __always_inline __u64 wake_flags(__u32 flags)
{
	__u32 zero = 0;
	struct aod_smb_control *control = bpf_map_lookup_elem(&smb_control, &zero);

	if (!(flags & PRODUCE_WAKE) || !control || !control->reader_waiting)
		return BPF_RB_NO_WAKEUP;
	if (__sync_val_compare_and_swap(&control->reader_waiting, 1, 0) == 1)
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

static int produce_one(__u32 index, void *unused)
{
	__u32 zero = 0;
	struct produce *work = bpf_map_lookup_elem(&smb_work, &zero);
	struct aod_smb_request *slot;
	__u32 flags;
	__u64 id;
	int named;

	if (!work)
		return 1;
	flags = work->flags;
	id = next_id++;
	named = (flags & PRODUCE_NAMED) && id % 3 == 2;

	count(AOD_SMB_C_SEEN);
	if (flags & PRODUCE_COUNT_IDS)
		work->record.request.message_id = id;
	if (flags & PRODUCE_STAMP_END)
		work->record.request.end_ns = bpf_ktime_get_ns();
	if (named) {
		struct aod_smb_named *with_name = bpf_ringbuf_reserve(&smb_events, sizeof(*with_name), 0);

		if (!with_name)
			goto full;
		__builtin_memcpy(with_name, &work->record, sizeof(*with_name));
		with_name->request.flags |= AOD_SMB_F_HAS_NAME;
		bpf_ringbuf_submit(with_name, wake_flags(flags));
	} else {
		slot = bpf_ringbuf_reserve(&smb_events, sizeof(*slot), 0);
		if (!slot)
			goto full;
		__builtin_memcpy(slot, &work->record.request, sizeof(*slot));
		if ((flags & PRODUCE_DISCARD) && (id & 1)) {
			bpf_ringbuf_discard(slot, BPF_RB_NO_WAKEUP);
			count(AOD_SMB_C_FILTERED);
			return 0;
		}
		bpf_ringbuf_submit(slot, wake_flags(flags));
	}
	count(AOD_SMB_C_EMITTED);
	work->emitted++;
	return 0;
full:
	count(AOD_SMB_C_DROP_RING_FULL);
	work->dropped++;
	return 0;
}

SEC("syscall")
int produce(void *ctx)
{
	__u32 zero = 0;
	struct produce *work = bpf_map_lookup_elem(&smb_work, &zero);

	if (work)
		bpf_loop(work->count, produce_one, NULL, 0);
	return 0;
}

/* A request starts: what bpf/lib/in_flight.h does when it begins one. */
SEC("syscall")
int start_request(void *ctx)
{
	__u32 zero = 0;
	struct aod_smb_control *control = bpf_map_lookup_elem(&smb_control, &zero);
	void *nothing;

	if (!control)
		return 1;
	__sync_fetch_and_add(&control->started, 1);
	if (!control->request_wake || !__sync_lock_test_and_set(&control->request_wake, 0))
		return 0;
	nothing = bpf_ringbuf_reserve(&smb_events, 8, 0);
	if (nothing)
		bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
	return 0;
}

static long report_one(void *map, struct aod_smb_tree_key *key, struct aod_smb_named *v, void *unused)
{
	struct aod_smb_request *slot;

	if (v->request.flags & AOD_SMB_F_IN_FLIGHT)
		return 0;
	v->request.flags |= AOD_SMB_F_IN_FLIGHT;
	slot = bpf_ringbuf_reserve(&smb_events, sizeof(*slot), 0);
	if (!slot)
		return 0;
	__builtin_memcpy(slot, &v->request, sizeof(*slot));
	bpf_ringbuf_submit(slot, BPF_RB_NO_WAKEUP);
	return 0;
}

/* The scan: reports every entry once, as if its threshold were 0. */
SEC("syscall")
int smb_scan_in_flight(void *ctx)
{
	bpf_for_each_map_elem(&smb_in_flight, report_one, NULL, 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
