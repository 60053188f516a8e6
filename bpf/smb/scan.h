/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * smb/scan.h - a hang is reported while it lasts.
 *
 * No hook fires for a request that is not answered, so user space runs this program (BPF_PROG_RUN)
 * while something is in flight. Each request that has reached the emergency threshold of its command
 * is put in the ring, once. It returns in how many ms the next one can become due.
 */
#ifndef AOD_SMB_SCAN_H
#define AOD_SMB_SCAN_H

/* Has the request ended without our seeing it (a missed hook, a reload of the module)? */
static __always_inline int is_stale(const struct smb_in_flight_key *key, const struct smb_in_flight *v,
				    __u64 now_ns)
{
	struct mid_q_entry *mid = (void *)key->mid_or_session;

	if (v->named.request.flags & AOD_SMB_F_RAW_MODE)
		return raw_is_stale(v, now_ns);
	/* Raw mode also runs where cifs has no BTF; there this part must not even be relocated. */
	if (!bpf_core_field_exists(mid->mid_state) || !bpf_core_field_exists(mid->mid))
		return 0;
	/* A freed mid says so, or has become another request's. */
	return BPF_CORE_READ(mid, mid_state) == MID_FREE ||
	       BPF_CORE_READ(mid, mid) != v->named.request.message_id;
}

/* Filled in and not ended. */
static __always_inline int is_pending(const struct smb_in_flight *v)
{
	return (v->state & (SMB_READY | SMB_ENDED)) == SMB_READY;
}

/* What a scan knows: when it began, and in how many ns the next request becomes due. */
struct scan {
	__u64 now_ns;
	__u64 next_ns;
};

#define NEVER (~0ull)
/* Returned where nothing is going to be due for that long. */
#define MOST_SCAN_MS 0x7fffffff

/* In how many ns a request is to be reported as hung: 0 now, NEVER. */
static __always_inline __u64 due_in(const struct smb_in_flight *v, __u64 now_ns)
{
	__u32 command = v->named.request.command & (AOD_SMB_COMMANDS - 1);
	struct aod_smb_rules *rules = rules_now();
	__u64 age, emergency;

	if (!rules || v->state & (SMB_IGNORED | SMB_REPORTED))
		return NEVER;
	if (v->named.request.flags & AOD_SMB_F_WAITS_BY_DESIGN && !(rules->waits_tracked & (1u << command)))
		return NEVER;
	emergency = rules->emergency_ns[command];
	/* Started after `now` was read: the age would be huge. */
	age = v->start_ns > now_ns ? 0 : now_ns - v->start_ns;
	return emergency == NEVER ? NEVER : age >= emergency ? 0 : emergency - age;
}

static long scan_one(void *map, struct smb_in_flight_key *key, struct smb_in_flight *v, struct scan *scan)
{
	struct aod_smb_control *ctl = control();
	__u64 request_id = v->named.request.request_id;
	struct aod_smb_named copy;
	__u64 due;

	if (!ctl || !is_pending(v))
		return 0;
	/* A reported one too: without its end it would stay for ever. */
	if (is_stale(key, v, scan->now_ns)) {
		struct smb_in_flight_key stale = *key;

		/* It ends just now after all. */
		if (__sync_fetch_and_or(&v->state, SMB_ENDED) & SMB_ENDED)
			return 0;
		count(AOD_SMB_C_STALE);
		__sync_fetch_and_add(&ctl->ended, 1);
		bpf_map_delete_elem(&smb_in_flight, &stale);
		return 0;
	}
	due = due_in(v, scan->now_ns);
	if (due) {
		if (due < scan->next_ns)
			scan->next_ns = due;
		return 0;
	}
	/* Whoever sets its bit first decides: a report and an end that says so, or an end alone. */
	if (__sync_fetch_and_or(&v->state, SMB_REPORTED) & (SMB_REPORTED | SMB_ENDED))
		return 0;
	__builtin_memcpy(&copy, &v->named, sizeof(copy));
	/* The element has become another request's meanwhile: the old one has had its end. */
	if (copy.request.request_id != request_id || v->named.request.request_id != request_id) {
		__sync_fetch_and_and(&v->state, ~SMB_REPORTED);
		return 0;
	}
	count(AOD_SMB_C_SEEN);
	copy.request.end_ns = scan->now_ns;
	copy.request.latency_ns = scan->now_ns - v->start_ns;
	copy.request.flags |= AOD_SMB_F_IN_FLIGHT | AOD_SMB_F_EMERGENCY;
	/* No room in the ring: the next scan tries again. */
	if (!emit(&copy)) {
		__sync_fetch_and_and(&v->state, ~SMB_REPORTED);
		scan->next_ns = 0;
	}
	return 0;
}

SEC("?syscall")
int smb_scan_in_flight(void *ctx)
{
	struct scan scan = { .now_ns = bpf_ktime_get_ns(), .next_ns = NEVER };
	__u64 next_ms;

	bpf_for_each_map_elem(&smb_in_flight, scan_one, &scan, 0);
	next_ms = scan.next_ns / 1000000 + 1;
	return next_ms > MOST_SCAN_MS ? MOST_SCAN_MS : next_ms;
}

#endif /* AOD_SMB_SCAN_H */
