/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* counters.h - one per-CPU counter per cause: what is lost is lost by name. */
#ifndef AOD_COUNTERS_H
#define AOD_COUNTERS_H

static __always_inline void count(__u32 counter)
{
	__u64 *value = bpf_map_lookup_elem(&smb_counters, &counter);

	/* Atomic: on a preemptible kernel two programs can share a CPU's slot. */
	if (value)
		__sync_fetch_and_add(value, 1);
}

#endif /* AOD_COUNTERS_H */
