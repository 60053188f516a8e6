/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * in_flight.h - a request's start and end, shared by both hook modes.
 */
#ifndef AOD_IN_FLIGHT_H
#define AOD_IN_FLIGHT_H

/*
 * Processes join the lineage at their fork only: one that was looked up and is not of it stays so until
 * the next joins, which may have the number of one that has ended.
 */
__u32 lineage_joins;
/* The last one that was looked up and not found: joins << 32 | tgid. */
__u64 not_excluded;

/* The agent itself, or what it started (smbinfo, ...): its requests are recorded, never reported. */
static __always_inline int is_excluded(__u32 tgid)
{
	__u64 process = (__u64)*(volatile __u32 *)&lineage_joins << 32 | tgid;

	if (!leave_out_lineage || *(volatile __u64 *)&not_excluded == process)
		return 0;
	if (bpf_map_lookup_elem(&smb_excluded, &tgid))
		return 1;
	*(volatile __u64 *)&not_excluded = process;
	return 0;
}

/* From now on the process is of the agent's lineage. */
static __always_inline long exclude(__u32 tgid)
{
	__u8 yes = 1;
	long failed = bpf_map_update_elem(&smb_excluded, &tgid, &yes, BPF_ANY);

	/* After it is in the map: who reads the new number finds it there. */
	__sync_fetch_and_add(&lineage_joins, 1);
	return failed;
}

/* Who asks: only right in the context of the issuer, which is where requests start. */
static __always_inline void fill_issuer(struct aod_smb_request *request)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 id = bpf_get_current_pid_tgid();

	request->pid = id >> 32;
	request->tid = (__u32)id;
	/* As of the initial user namespace, like bpf_get_current_uid_gid(). */
	request->uid = task->cred->uid.val;
	request->cgroup_id = bpf_get_current_cgroup_id();
	bpf_get_current_comm(request->comm, sizeof(request->comm));
}

/* A new request with start time, id and issuer, to be filled in and put in flight by launch(). */
static __always_inline struct smb_in_flight *begin(void)
{
	struct aod_smb_control *ctl = control();
	struct smb_in_flight *v;
	__u32 zero = 0;

	v = bpf_map_lookup_elem(&smb_new, &zero);
	if (!ctl || !v)
		return 0;
	__builtin_memset(v, 0, sizeof(*v));
	v->start_ns = bpf_ktime_get_ns();
	v->state = SMB_READY;
	v->named.request.type = AOD_SMB_REQUEST;
	v->named.request.request_id = __sync_fetch_and_add(&ctl->started, 1) + 1;
	fill_issuer(&v->named.request);
	if (is_excluded(v->named.request.pid))
		v->state |= SMB_IGNORED;
	calibrate_jiffies(v->start_ns);
	return v;
}

/* It is in flight from now on; where the map is full it is not followed, and counted. */
static __always_inline void launch(const struct smb_in_flight_key *key, const struct smb_in_flight *v)
{
	struct aod_smb_control *ctl = control();
	long failed;

	if (!ctl)
		return;
	failed = bpf_map_update_elem(&smb_in_flight, key, v, BPF_NOEXIST);
	if (failed == -EEXIST) {
		/* An entry of this key that was never ended is overwritten: its mid has been freed unseen. */
		failed = bpf_map_update_elem(&smb_in_flight, key, v, BPF_ANY);
		if (!failed) {
			count(AOD_SMB_C_STALE);
			__sync_fetch_and_add(&ctl->ended, 1);
		}
	}
	if (failed) {
		count(AOD_SMB_C_INFLIGHT_FULL);
		__sync_fetch_and_add(&ctl->ended, 1);
	}
	wake_for_request(ctl);
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
