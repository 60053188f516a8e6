/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * recorder.h - the flight recorder: every ended request, fast ones too, overwriting the oldest.
 *
 * No wake-up and no reader in the normal case: user space maps the array and copies it when an
 * anomaly fires. The sequence word (odd while writing) lets it leave out slots caught half-written.
 */
#ifndef AOD_RECORDER_H
#define AOD_RECORDER_H

static __always_inline void record(const struct aod_smb_named *named)
{
	struct aod_smb_control *ctl = control();
	struct aod_smb_slot *slot;
	__u64 ticket;
	__u32 index;

	if (!ctl)
		return;
	ticket = __sync_fetch_and_add(&ctl->recorder_next, 1);
	index = ticket & recorder_mask;
	slot = bpf_map_lookup_elem(&smb_recorder, &index);
	if (!slot)
		return;
	/* Exchanges, not stores: they order the record between the two on every architecture. */
	__sync_lock_test_and_set(&slot->sequence, 2 * ticket + 1);
	__builtin_memcpy(&slot->record, named, sizeof(slot->record));
	__sync_lock_test_and_set(&slot->sequence, 2 * ticket + 2);
	count(AOD_SMB_C_RECORDED);
}

#endif /* AOD_RECORDER_H */
