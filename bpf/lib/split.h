/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * split.h - where a request's time went, from the client's own stamps: when_alloc, when_sent,
 * when_received (CONFIG_CIFS_STATS2, in jiffies: the figures are as fine as 1/HZ, 1 to 10 ms).
 *
 * HZ is measured, not asked for: a CONFIG_HZ __kconfig extern makes the whole object fail to load
 * where neither /boot/config-* nor /proc/config.gz can be read, as in containers and small images.
 */
#ifndef AOD_SPLIT_H
#define AOD_SPLIT_H

#define CALIBRATE_NS (200 * 1000 * 1000ull)

/*
 * Written once each; a race only repeats the same measurement. Not static:
 * clang would narrow them to types that the BTF does not follow.
 */
__u64 clock_first_ns;
__u64 clock_first_jiffies;
__u32 jiffies_per_sec;

/* Called at every start: two readings at least 0.2 s apart tell HZ, which is one of four. */
static __always_inline void calibrate_jiffies(__u64 now_ns)
{
	__u64 jiffies, hz;

	if (jiffies_per_sec)
		return;
	jiffies = bpf_jiffies64();
	if (!clock_first_ns) {
		clock_first_jiffies = jiffies;
		clock_first_ns = now_ns;
		return;
	}
	if (now_ns < clock_first_ns + CALIBRATE_NS)
		return;
	hz = (jiffies - clock_first_jiffies) * 1000000 / ((now_ns - clock_first_ns) / 1000);
	jiffies_per_sec = hz < 160 ? 100 : hz < 275 ? 250 : hz < 600 ? 300 : 1000;
}

static __always_inline __u32 jiffies_to_us(__u64 from, __u64 to)
{
	__s64 span = (__s64)(to - from);
	__u64 us;

	/* A response can be stamped before the sender gets to stamp its sending. */
	if (span <= 0)
		return 0;
	us = (__u64)span * (1000000 / (jiffies_per_sec ? jiffies_per_sec : 1000));
	return us > ~0u ? ~0u : us;
}

static __always_inline void split_latency(struct aod_smb_request *request,
					  const struct mid_copy *mid)
{
	const struct mid_q_entry *type = 0;
	unsigned long allocated, sent, received;

	if (!jiffies_per_sec || !bpf_core_field_exists(type->when_sent) ||
	    !bpf_core_field_exists(type->when_received))
		return;
	allocated = MID_FIELD(mid, when_alloc);
	sent = MID_FIELD(mid, when_sent);
	received = MID_FIELD(mid, when_received);
	if (!sent || !received)
		return;
	request->queue_us = jiffies_to_us(allocated, sent);
	request->wire_us = jiffies_to_us(sent, received);
	request->wake_us = jiffies_to_us(received, bpf_jiffies64());
	request->flags |= AOD_SMB_F_SPLIT_VALID;
}

#endif /* AOD_SPLIT_H */
