/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * ring.h - putting records in the ring, and waking its reader only on an edge.
 *
 * The reader sets control.reader_waiting, then looks at the ring's producer position, then sleeps.
 * We reserve (which moves that position), then take reader_waiting with an atomic exchange, then
 * submit. Both sides have a full barrier between their write and their read, so either the reader
 * sees that something is coming (and does not sleep, though the record may still be busy), or we see
 * that it waits (and wake it). The same holds for request_wake with control.started.
 */
#ifndef AOD_RING_H
#define AOD_RING_H

static __always_inline struct aod_smb_control *control(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&smb_control, &zero);
}

static __always_inline __u64 wake_flags(void)
{
	struct aod_smb_control *ctl = control();

	if (ctl && __sync_lock_test_and_set(&ctl->reader_waiting, 0))
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

/*
 * Put a record in the ring, with its name where the probe is set to; the outcome is counted.
 * Returns whether there was room.
 */
static __always_inline int emit_named(const struct aod_smb_named *named)
{
	struct aod_smb_named *out = bpf_ringbuf_reserve(&smb_events, sizeof(*out), 0);

	if (!out) {
		count(AOD_SMB_C_DROP_RING_FULL);
		return 0;
	}
	/* Ring memory holds what was there before: every byte is written. */
	__builtin_memcpy(out, named, sizeof(*out));
	bpf_ringbuf_submit(out, wake_flags());
	count(AOD_SMB_C_EMITTED);
	return 1;
}

static __always_inline int emit_request(const struct aod_smb_request *request)
{
	struct aod_smb_request *out = bpf_ringbuf_reserve(&smb_events, sizeof(*out), 0);

	if (!out) {
		count(AOD_SMB_C_DROP_RING_FULL);
		return 0;
	}
	__builtin_memcpy(out, request, sizeof(*out));
	out->flags &= ~(AOD_SMB_F_HAS_NAME | AOD_SMB_F_NAME_CUT);
	bpf_ringbuf_submit(out, wake_flags());
	count(AOD_SMB_C_EMITTED);
	return 1;
}

static __always_inline int emit(const struct aod_smb_named *named)
{
	return emit_names ? emit_named(named) : emit_request(&named->request);
}

/* Wake the reader without a record: it has asked to hear of the first request after an idle time. */
static __always_inline void wake_for_request(struct aod_smb_control *ctl)
{
	void *nothing;

	if (!ctl->request_wake || !__sync_lock_test_and_set(&ctl->request_wake, 0))
		return;
	/* A discarded record is skipped by the reader, but its wake-up is not. */
	nothing = bpf_ringbuf_reserve(&smb_events, 8, 0);
	if (nothing)
		bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
}

#endif /* AOD_RING_H */
