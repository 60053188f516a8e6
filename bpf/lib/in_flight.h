/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * in_flight.h - a request's start and end, shared by both hook modes.
 */
#ifndef AOD_IN_FLIGHT_H
#define AOD_IN_FLIGHT_H

/* What a new entry looks like. In rodata, so that no program needs 300 bytes of stack for it. */
static const struct smb_in_flight no_request = {};

/* The agent itself, or what it started (smbinfo, ...): its requests are recorded, never reported. */
static __always_inline int is_excluded(__u32 tgid)
{
	return leave_out_lineage && bpf_map_lookup_elem(&smb_excluded, &tgid) != 0;
}

/* Who asks: only right in the context of the issuer, which is where requests start. */
static __always_inline void fill_issuer(struct aod_smb_request *request)
{
	__u64 id = bpf_get_current_pid_tgid();

	request->pid = id >> 32;
	request->tid = (__u32)id;
	request->uid = (__u32)bpf_get_current_uid_gid();
	request->cgroup_id = bpf_get_current_cgroup_id();
	bpf_get_current_comm(request->comm, sizeof(request->comm));
}

/* A new entry with start time, id and issuer; NULL (counted) where the map is full. */
static __always_inline struct smb_in_flight *begin(const struct smb_in_flight_key *key)
{
	struct aod_smb_control *ctl = control();
	struct smb_in_flight *v;
	long failed;

	if (!ctl)
		return 0;
	failed = bpf_map_update_elem(&smb_in_flight, key, &no_request, BPF_NOEXIST);
	if (failed == -EEXIST) {
		/* An entry of this key that was never ended is overwritten: its mid has been freed unseen. */
		failed = bpf_map_update_elem(&smb_in_flight, key, &no_request, BPF_ANY);
		if (!failed) {
			count(AOD_SMB_C_STALE);
			__sync_fetch_and_add(&ctl->ended, 1);
		}
	}
	if (failed || !(v = bpf_map_lookup_elem(&smb_in_flight, key))) {
		count(AOD_SMB_C_INFLIGHT_FULL);
		return 0;
	}
	v->start_ns = bpf_ktime_get_ns();
	v->named.request.type = AOD_SMB_REQUEST;
	v->named.request.request_id = __sync_fetch_and_add(&ctl->started, 1) + 1;
	fill_issuer(&v->named.request);
	if (is_excluded(v->named.request.pid))
		v->state = SMB_IGNORED;
	calibrate_jiffies(v->start_ns);
	wake_for_request(ctl);
	return v;
}

/* Which requests belong to a tree: of the others the field is 0 or means something else. */
static __always_inline int has_tree(__u32 command, __u32 wire_flags)
{
	return command > SMB2_TREE_CONNECT && command != SMB2_ECHO &&
	       !(wire_flags & SMB2_FLAGS_ASYNC_COMMAND);
}

/*
 * The end: judge, record, report. The entry leaves the map last, since a deleted element of a
 * preallocated hash may be another request's at once.
 */
static __always_inline void end(const struct smb_in_flight_key *key, struct smb_in_flight *v)
{
	struct aod_smb_request *request = &v->named.request;
	struct aod_smb_control *ctl = control();
	__u32 state = __sync_fetch_and_or(&v->state, SMB_ENDED);
	__u32 thread = request->tid;
	__u32 verdict;

	/* Two ends of one request at the same time: the first one has it. */
	if (state & SMB_ENDED)
		return;
	count(AOD_SMB_C_SEEN);
	request->end_ns = bpf_ktime_get_ns();
	request->latency_ns = request->end_ns - v->start_ns;
	if (!(request->flags & AOD_SMB_F_STATUS_VALID))
		request->flags |= AOD_SMB_F_DROPPED;
	if (state & SMB_REPORTED)
		request->flags |= AOD_SMB_F_WAS_REPORTED;
	verdict = judge(request);
	request->flags |= verdict;
	if (verdict & AOD_SMB_F_FAILED)
		bpf_map_update_elem(&smb_thread_failures, &thread, &request->end_ns, BPF_ANY);
	record(&v->named);
	/* What was reported in flight is always followed by its end. */
	if ((verdict || state & SMB_REPORTED) && !(state & SMB_IGNORED))
		emit(&v->named);
	else
		count(AOD_SMB_C_FILTERED);
	/* Counted before it goes: who compares the counters with the map must never find too few. */
	if (ctl)
		__sync_fetch_and_add(&ctl->ended, 1);
	bpf_map_delete_elem(&smb_in_flight, key);
}

/* An end of which no start is known. */
static __always_inline void end_unknown(void)
{
	count(AOD_SMB_C_SEEN);
	count(AOD_SMB_C_NO_START);
}

#endif /* AOD_IN_FLIGHT_H */
