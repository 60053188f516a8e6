/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/counters.h - one per-CPU counter per outcome, so that the ledger adds up. */
#ifndef AOD_LOG_COUNTERS_H
#define AOD_LOG_COUNTERS_H

static __always_inline void log_add(__u32 counter, __u64 n)
{
	__u64 *value = bpf_map_lookup_elem(&log_counters, &counter);

	/* Atomic: on a preemptible kernel two programs can share a CPU's slot. */
	if (value)
		__sync_fetch_and_add(value, n);
}

static __always_inline void log_count(__u32 counter)
{
	log_add(counter, 1);
}

#endif /* AOD_LOG_COUNTERS_H */
