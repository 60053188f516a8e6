/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * smb/release.h - the exact mode's end of a request, and what it needs to know that only passes by:
 * the errno of a READ.
 */
#ifndef AOD_SMB_RELEASE_H
#define AOD_SMB_RELEASE_H

/* smb3_cmd_err in this mode only keeps the errno of a READ, whose end sees the response alone. */
SEC("?raw_tp/smb3_cmd_err")
int fe_cmd_err(struct bpf_raw_tracepoint_args *ctx)
{
	struct smb_error_key key = {
		.session_id = ctx->args[1],
		.message_id = ctx->args[3],
		.command = (__u16)ctx->args[2],
		.status = (__u32)ctx->args[4],
	};
	__s32 error = (__s32)ctx->args[5];

	if (key.command == SMB2_READ)
		bpf_map_update_elem(&smb_errors, &key, &error, BPF_ANY);
	return 0;
}

static __always_inline int issuer_left(const struct mid_q_entry *mid, const struct mid_copy *copy)
{
	const struct mid_q_entry___bits *bits = (const void *)mid;

	if (bpf_core_field_exists(mid->mid_flags))
		return MID_FIELD(copy, mid_flags) & MID_WAIT_CANCELLED;
	if (bpf_core_field_exists(bits->wait_cancelled))
		return BPF_CORE_READ_BITFIELD_PROBED(bits, wait_cancelled);
	return 0;
}

/*
 * The client stops looking at a compound's answers at the first failure; the server has failed the
 * rest for the same reason. One failure, not one per part.
 */
static __always_inline int is_cut_off(const struct aod_smb_request *request)
{
	return request->flags & AOD_SMB_F_COMPOUNDED && request->command != SMB2_READ;
}

/* The end of every request, whatever became of it: the last reference to its mid is gone. */
static __always_inline int mid_released(struct mid_q_entry *mid)
{
	struct smb_in_flight_key key = mid_key(mid);
	struct smb_in_flight *v = bpf_map_lookup_elem(&smb_in_flight, &key);
	struct aod_smb_request *request;
	struct mid_copy copy = {};
	int state, was_checked;
	__u32 tree_id;

	if (!v) {
		end_unknown();
		return 0;
	}
	copy_mid(&copy, mid);
	request = &v->named.request;
	was_checked = request->flags & AOD_SMB_F_STATUS_VALID;
	/* READ and ECHO keep their response until here; the others have handed it on. */
	if (!was_checked && read_response(v, MID_FIELD(&copy, resp_buf), &tree_id) &&
	    request->status) {
		struct smb_error_key error_key = {
			.session_id = request->session_id,
			.message_id = request->message_id,
			.command = request->command,
			.status = request->status,
		};
		__s32 *error = bpf_map_lookup_elem(&smb_errors, &error_key);

		if (error)
			request->error = *error;
	}
	if (issuer_left(mid, &copy) || (!was_checked && is_cut_off(request)))
		request->flags |= AOD_SMB_F_DROPPED;
	state = MID_FIELD(&copy, mid_state);
	if (!(request->flags & AOD_SMB_F_STATUS_VALID))
		request->error = state == MID_RETRY_NEEDED ? -EAGAIN :
				 state == MID_SHUTDOWN ? -EHOSTDOWN : 0;
	else if (state == MID_RESPONSE_MALFORMED && !request->error)
		request->error = -EIO;
	split_latency(request, &copy);
	end(&key, v);
	return 0;
}

static __always_inline struct mid_q_entry *mid_of(void *refcount)
{
	return refcount - bpf_core_field_offset(struct mid_q_entry, refcount);
}

/* 5.19 to about 6.18 */
SEC("?fentry/__release_mid")
int BPF_PROG(fe_release_kref, void *refcount)
{
	return mid_released(mid_of(refcount));
}

/* The same function from about 6.19 on, with other parameters. */
SEC("?fentry/__release_mid")
int BPF_PROG(fe_release_server_mid, void *server, struct mid_q_entry *mid)
{
	return mid_released(mid);
}

/* Before 5.19: where the compiler has left the function out of line. */
SEC("?fentry/_cifs_mid_q_entry_release")
int BPF_PROG(fe_release_old_kref, void *refcount)
{
	return mid_released(mid_of(refcount));
}

/* Before 5.19, else: puts a reference, the end is where the last one is put. */
SEC("?fentry/cifs_mid_q_entry_release")
int BPF_PROG(fe_release_old_put, struct mid_q_entry *mid)
{
	if (BPF_CORE_READ(mid, refcount.refcount.refs.counter) != 1)
		return 0;
	return mid_released(mid);
}

/* Before 5.19, as a last resort: the issuer's own release. */
SEC("?fentry/DeleteMidQEntry")
int BPF_PROG(fe_release_old_delete, struct mid_q_entry *mid)
{
	return mid_released(mid);
}

#endif /* AOD_SMB_RELEASE_H */
