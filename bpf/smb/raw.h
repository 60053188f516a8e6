/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * smb/raw.h - the fallback where fentry cannot load: raw tracepoints alone.
 *
 * What it cannot know: the end of requests that emit neither done nor err (ECHO is not followed at
 * all; dropped, killed and cut-off ones are found by other signs, see below), the payload of a READ
 * ("done" fires at its header), the connection, file names, lengths, compounds, and whether a LOCK
 * may block (every LOCK is taken for one that may).
 */
#ifndef AOD_SMB_RAW_H
#define AOD_SMB_RAW_H

#define RAW_STALE_NS (300 * 1000000000ull)

/*
 * What tells that a request whose end was never seen is over: its thread has gone on. A thread
 * waits for all of a compound before it does anything else, so a start after an end passes over
 * everything the thread had started before that end. A failure does so at once: the client looks at
 * no answer of the compound behind it.
 */
struct smb_thread {
	__u64 last_end_ns;
	__u64 passed_ns; /* requests started before this are over */
	__u32 tree_id; /* of the last answer it got */
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2048);
	__type(key, __u32);
	__type(value, struct smb_thread);
} smb_threads SEC(".maps");

/* A thread that has ended nothing yet; kept so that its exit is noticed. */
static const struct smb_thread no_thread = {};

/* Ends of late, to tell a second done of one request (6.12) from one that began before the probe. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 2048);
	__type(key, struct smb_in_flight_key);
	__type(value, __u8);
} smb_recent_ends SEC(".maps");

/* Start of the last reconnect: it drops what was in flight, without a word for each. */
__u64 reconnect_ns;

/* READ and WRITE are answered in cifsd while their thread may go on. */
static __always_inline int is_async(__u32 command)
{
	return command == SMB2_READ || command == SMB2_WRITE;
}

static __always_inline int raw_is_stale(const struct smb_in_flight *v, __u64 now)
{
	__u32 thread = v->named.request.tid;
	struct smb_thread *passed;

	/* Begun after `now` was read, or not filled in yet: the age would be huge. */
	if (v->start_ns > now || !v->start_ns)
		return 0;
	if (now - v->start_ns > RAW_STALE_NS || v->start_ns < reconnect_ns)
		return 1;
	if (is_async(v->named.request.command))
		return 0;
	passed = bpf_map_lookup_elem(&smb_threads, &thread);
	return passed && v->start_ns < passed->passed_ns;
}

/* Arguments: tree id, session id, command, message id. In the issuer's context. */
SEC("?raw_tp/smb3_cmd_enter")
int rt_cmd_enter(struct bpf_raw_tracepoint_args *ctx)
{
	struct smb_in_flight_key key = { .mid_or_session = ctx->args[1], .message_id = ctx->args[3] };
	__u32 command = (__u16)ctx->args[2];
	struct aod_smb_request *request;
	struct smb_thread *thread;
	struct smb_in_flight *v;
	__u32 tid;

	if (command == SMB2_ECHO)
		return 0;
	v = begin();
	if (!v)
		return 0;
	request = &v->named.request;
	request->command = command;
	request->session_id = key.mid_or_session;
	request->message_id = key.message_id;
	request->flags = AOD_SMB_F_RAW_MODE;
	if (has_tree(command, 0)) {
		request->tree_id = (__u32)ctx->args[0];
		request->flags |= AOD_SMB_F_TREE_VALID;
	}
	if (command == SMB2_CHANGE_NOTIFY || command == SMB2_LOCK)
		request->flags |= AOD_SMB_F_WAITS_BY_DESIGN;
	tid = request->tid;
	thread = bpf_map_lookup_elem(&smb_threads, &tid);
	if (thread)
		thread->passed_ns = thread->last_end_ns > thread->passed_ns ? thread->last_end_ns :
									      thread->passed_ns;
	else
		bpf_map_update_elem(&smb_threads, &tid, &no_thread, BPF_NOEXIST);
	launch(&key, v);
	return 0;
}

static __always_inline int raw_end(struct bpf_raw_tracepoint_args *ctx, __u32 status, __s32 error)
{
	struct smb_in_flight_key key = { .mid_or_session = ctx->args[1], .message_id = ctx->args[3] };
	struct smb_in_flight *v = bpf_map_lookup_elem(&smb_in_flight, &key);
	__u32 command = (__u16)ctx->args[2];
	struct smb_thread went_on = { .tree_id = (__u32)ctx->args[0] };
	struct smb_thread *thread;
	__u8 yes = 1;
	__u32 tid;

	if (!v && command == SMB2_SESSION_SETUP) {
		/* The first one was sent with session id 0. */
		key.mid_or_session = 0;
		v = bpf_map_lookup_elem(&smb_in_flight, &key);
	}
	/* The pair repeats across connections: at least the command must be the same. */
	if (!v || v->named.request.command != command) {
		if (bpf_map_lookup_elem(&smb_recent_ends, &key))
			count(AOD_SMB_C_DUPLICATE);
		else
			end_unknown();
		return 0;
	}
	v->named.request.session_id = ctx->args[1];
	v->named.request.status = status;
	v->named.request.error = error < 0 ? error : 0;
	v->named.request.flags |= AOD_SMB_F_STATUS_VALID;
	tid = v->named.request.tid;
	end(&key, v);
	/* Now only: the scan must not take the request itself for one that its thread has passed. */
	if (!is_async(command)) {
		thread = bpf_map_lookup_elem(&smb_threads, &tid);
		went_on.last_end_ns = bpf_ktime_get_ns();
		went_on.passed_ns = error ? went_on.last_end_ns : thread ? thread->passed_ns : 0;
		bpf_map_update_elem(&smb_threads, &tid, &went_on, BPF_ANY);
	}
	bpf_map_update_elem(&smb_recent_ends, &key, &yes, BPF_ANY);
	return 0;
}

SEC("?raw_tp/smb3_cmd_done")
int rt_cmd_done(struct bpf_raw_tracepoint_args *ctx)
{
	return raw_end(ctx, STATUS_SUCCESS, 0);
}

/* Two more arguments: NTSTATUS and the errno made of it. */
SEC("?raw_tp/smb3_cmd_err")
int rt_cmd_err(struct bpf_raw_tracepoint_args *ctx)
{
	return raw_end(ctx, (__u32)ctx->args[4], (__s32)ctx->args[5]);
}

/*
 * Arguments: xid, tree id, session id, UNC, errno. The tree id is the one before this TREE_CONNECT
 * (0 for a new mount); the new one came with the response, in the same thread just now. The
 * fentry mode has both in one place and does without.
 */
SEC("?raw_tp/smb3_tcon")
int rt_tcon(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid();
	struct smb_thread *thread = bpf_map_lookup_elem(&smb_threads, &tid);
	struct aod_smb_tree_key key = { .session_id = ctx->args[2] };
	struct aod_smb_tree tree = {};

	if (!thread || !thread->last_end_ns || (__s32)ctx->args[4])
		return 0;
	key.tree_id = thread->tree_id;
	if (bpf_probe_read_kernel_str(tree.unc, sizeof(tree.unc), (const void *)ctx->args[3]) ==
	    sizeof(tree.unc))
		count(AOD_SMB_C_NAME_CUT);
	bpf_map_update_elem(&smb_trees, &key, &tree, BPF_ANY);
	return 0;
}

/* A thread is gone: nobody waits for what it had asked for. */
SEC("?raw_tp/sched_process_exit")
int rt_exit(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid();
	struct smb_thread *thread = bpf_map_lookup_elem(&smb_threads, &tid);

	if (thread)
		thread->passed_ns = bpf_ktime_get_ns();
	return 0;
}

#endif /* AOD_SMB_RAW_H */
