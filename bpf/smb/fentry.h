/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * smb/fentry.h - the exact mode: every request from the allocation of its mid to its response. Its end
 * is in smb/release.h.
 */
#ifndef AOD_SMB_FENTRY_H
#define AOD_SMB_FENTRY_H

static __always_inline struct smb_in_flight_key mid_key(const void *mid)
{
	struct smb_in_flight_key key = { .mid_or_session = (__u64)mid };

	return key;
}

/* Length and FileId, from the fixed part of the request that follows its header. */
static __always_inline void read_fixed_part(struct smb_in_flight *v, const struct smb2_wire *wire)
{
	switch (wire->command) {
	case SMB2_READ:
	case SMB2_WRITE:
		v->named.request.bytes = wire->io.length;
		v->named.request.flags |= AOD_SMB_F_BYTES_VALID;
		v->file = wire->file_at_80.id;
		break;
	case SMB2_SET_INFO:
		v->file = wire->file_at_80.id;
		break;
	case SMB2_QUERY_INFO:
		v->file = wire->file_at_88.id;
		break;
	case SMB2_CLOSE:
	case SMB2_FLUSH:
	case SMB2_LOCK:
	case SMB2_IOCTL:
	case SMB2_QUERY_DIRECTORY:
	case SMB2_CHANGE_NOTIFY:
		v->file = wire->file_at_72.id;
		break;
	default:
		return;
	}
	name_from_handle(v);
}

/*
 * The start. Every SMB2 request that gets a mid passes here, in the context of its issuer, after it
 * has waited for credits and before it is signed and sent; the header and the fixed part are filled
 * in. (smb3_cmd_enter fires inside this function, with less.)
 */
SEC("?fexit/smb2_mid_entry_alloc")
int BPF_PROG(fe_mid_alloc, void *header, struct TCP_Server_Info *server, struct mid_q_entry *mid)
{
	struct smb_in_flight_key key = mid_key(mid);
	struct aod_smb_request *request;
	struct smb_in_flight *v;
	struct smb2_wire wire = {};

	if (!mid)
		return 0;
	v = begin();
	if (!v)
		return 0;
	request = &v->named.request;
	bpf_probe_read_kernel(&wire, sizeof(wire), header);
	v->server = (__u64)server;
	request->command = wire.command;
	request->session_id = wire.session_id;
	request->message_id = wire.message_id;
	if (wire.next_command || wire.flags & SMB2_FLAGS_RELATED_OPERATIONS)
		request->flags |= AOD_SMB_F_COMPOUNDED;
	if (has_tree(wire.command, wire.flags)) {
		request->tree_id = wire.tree_id;
		request->flags |= AOD_SMB_F_TREE_VALID;
	}
	if (wire.command == SMB2_CHANGE_NOTIFY)
		request->flags |= AOD_SMB_F_WAITS_BY_DESIGN;
	if (bpf_core_field_exists(server->conn_id)) {
		request->connection_id = server->conn_id;
		learn_host(request->connection_id, server->hostname);
	}
	read_fixed_part(v, &wire);
	launch(&key, v);
	return 0;
}

/*
 * The same request a moment later, with all its buffers: the path of a CREATE and the flags of a
 * LOCK are not in the first one, which is all that the allocation sees. Requests set up by
 * smb2_setup_async_request (READ, WRITE, ECHO) have everything in the first buffer.
 */
SEC("?fexit/smb2_setup_request")
int BPF_PROG(fe_setup_request, void *session, void *server, struct smb_rqst *rqst,
	     struct mid_q_entry *mid)
{
	struct smb_in_flight_key key = mid_key(mid);
	struct smb_in_flight *v;
	struct smb2_wire wire;
	__u32 lock_flags;
	struct kvec iov[2];

	/* Nothing in a second buffer, as most requests: not worth looking for. */
	if (rqst->rq_nvec < 2)
		return 0;
	/* Keyed by what the call returned: an ERR_PTR is in no map. */
	v = bpf_map_lookup_elem(&smb_in_flight, &key);
	if (!v)
		return 0;
	switch (v->named.request.command) {
	case SMB2_CREATE:
	case SMB2_TREE_CONNECT:
	case SMB2_LOCK:
		break;
	default:
		return 0;
	}
	if (bpf_probe_read_kernel(iov, sizeof(iov), rqst->rq_iov))
		return 0;
	if (v->named.request.command == SMB2_LOCK) {
		/* All elements of one request are locks, or all are unlocks: the first one tells. */
		if (!bpf_probe_read_kernel(&lock_flags, sizeof(lock_flags),
					   iov[1].iov_base + SMB2_LOCK_ELEMENT_FLAGS) &&
		    !(lock_flags & (SMB2_LOCKFLAG_UNLOCK | SMB2_LOCKFLAG_FAIL_IMMEDIATELY)))
			v->named.request.flags |= AOD_SMB_F_WAITS_BY_DESIGN;
		return 0;
	}
	if (bpf_probe_read_kernel(&wire, sizeof(wire), iov[0].iov_base))
		return 0;
	if (wire.command == SMB2_CREATE)
		read_name(v, iov[1].iov_base, wire.create.name_length, 1);
	else
		read_name(v, iov[1].iov_base, wire.tree_connect.path_length, 0);
	if (wire.command == SMB2_CREATE && wire.next_command)
		compound_begins(v->named.request.tid, &key);
	return 0;
}

/* Take status and session id from a response's header, if it is the response to this request. */
static __always_inline int read_response(struct smb_in_flight *v, const void *buffer,
					 __u32 *tree_id)
{
	struct aod_smb_request *request = &v->named.request;
	struct smb2_wire_header header;

	if (!buffer || bpf_probe_read_kernel(&header, sizeof(header), buffer))
		return 0;
	if (header.protocol_id != SMB2_PROTOCOL_ID || !(header.flags & SMB2_FLAGS_SERVER_TO_REDIR) ||
	    header.message_id != request->message_id)
		return 0;
	request->status = header.status;
	request->flags |= AOD_SMB_F_STATUS_VALID;
	/* MS-SMB2 3.3.4.2, 3.3.4.4: set in what follows an interim response, with an async id. */
	if (header.flags & SMB2_FLAGS_ASYNC_COMMAND)
		request->flags |= AOD_SMB_F_INTERIM;
	/* The first SESSION_SETUP is sent with id 0; the answer names the session. */
	if (!request->session_id)
		request->session_id = header.session_id;
	/* Part of the async id there. */
	*tree_id = header.flags & SMB2_FLAGS_ASYNC_COMMAND ? 0 : header.tree_id;
	return 1;
}

/*
 * The response of all requests but READ and ECHO, with the errno made of it. smb3_cmd_done and
 * smb3_cmd_err say the same by (session id, message id) only; this has the mid.
 */
SEC("?fexit/smb2_check_receive")
int BPF_PROG(fe_check_receive, struct mid_q_entry *mid, void *server, int log_error, int error)
{
	struct smb_in_flight_key key = mid_key(mid);
	struct smb_in_flight *v = bpf_map_lookup_elem(&smb_in_flight, &key);
	__u32 tree_id;
	void *buffer;

	if (!v)
		return 0;
	if (v->named.request.flags & AOD_SMB_F_STATUS_VALID) {
		count(AOD_SMB_C_DUPLICATE);
		return 0;
	}
	buffer = mid->resp_buf;
	if (!read_response(v, buffer, &tree_id))
		return 0;
	v->named.request.error = error < 0 ? error : 0;
	if (v->named.request.status != STATUS_SUCCESS)
		return 0;
	if (v->named.request.command == SMB2_CREATE)
		handle_opened(v, buffer);
	else if (v->named.request.command == SMB2_CLOSE)
		handle_closed(v);
	else if (v->named.request.command == SMB2_TREE_CONNECT && tree_id)
		tree_connected(v, tree_id);
	return 0;
}

#endif /* AOD_SMB_FENTRY_H */
