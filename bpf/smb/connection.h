/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * smb/connection.h - what goes wrong outside of requests.
 *
 * A hung or dead server raises no smb3_cmd_err: it shows as failed operations, failed connects,
 * reconnects and credit timeouts. (And as requests that age in flight: see the scan.)
 */
#ifndef AOD_SMB_CONNECTION_H
#define AOD_SMB_CONNECTION_H

/* How long ago a thread's failed request may be to be the cause of its failed operation. */
#define SAME_FAILURE_NS 1000000000ull

/* Fill the common part and send the event, if the rules want its type. */
static __always_inline int connection_event(struct aod_smb_named *event, __u32 type)
{
	struct aod_smb_rules *rules = rules_now();

	count(AOD_SMB_C_SEEN);
	event->request.type = type;
	event->request.end_ns = bpf_ktime_get_ns();
	fill_issuer(&event->request);
	if (!rules || !(rules->events & (1u << type)) || is_excluded(event->request.pid))
		count(AOD_SMB_C_FILTERED);
	else
		emit(event);
	return 0;
}

/* Arguments: current mid, connection id, host name. In cifsd or a work queue. */
static __always_inline int on_reconnect(struct bpf_raw_tracepoint_args *ctx)
{
	struct aod_smb_named event = {};

	reconnect_ns = bpf_ktime_get_ns();
	event.request.message_id = ctx->args[0];
	event.request.connection_id = ctx->args[1];
	learn_host(ctx->args[1], (const void *)ctx->args[2]);
	return connection_event(&event, AOD_SMB_RECONNECT);
}

SEC("?raw_tp/smb3_reconnect")
int any_reconnect(struct bpf_raw_tracepoint_args *ctx)
{
	return on_reconnect(ctx);
}

SEC("?raw_tp/smb3_partial_send_reconnect")
int any_partial_send_reconnect(struct bpf_raw_tracepoint_args *ctx)
{
	return on_reconnect(ctx);
}

/* Arguments: current mid, connection id, host name, credits, credits wanted, in flight. */
static __always_inline int on_credit(struct bpf_raw_tracepoint_args *ctx)
{
	struct aod_smb_named event = {};
	__s32 credits = (__s32)ctx->args[3];

	event.request.message_id = ctx->args[0];
	event.request.connection_id = ctx->args[1];
	event.request.bytes = credits > 0 ? credits : 0;
	learn_host(ctx->args[1], (const void *)ctx->args[2]);
	return connection_event(&event, AOD_SMB_CREDIT);
}

/* A request waited 60 s for credits in vain. In the issuer's context. */
SEC("?raw_tp/smb3_credit_timeout")
int any_credit_timeout(struct bpf_raw_tracepoint_args *ctx)
{
	return on_credit(ctx);
}

/* A compound needs more credits than there are and nothing is in flight that could bring some. */
SEC("?raw_tp/smb3_insufficient_credits")
int any_insufficient_credits(struct bpf_raw_tracepoint_args *ctx)
{
	return on_credit(ctx);
}

/* Arguments: host name, connection id, address, errno. */
SEC("?raw_tp/smb3_connect_err")
int any_connect_err(struct bpf_raw_tracepoint_args *ctx)
{
	struct aod_smb_named event = {};

	event.request.connection_id = ctx->args[1];
	event.request.error = (__s32)ctx->args[3];
	learn_host(ctx->args[1], (const void *)ctx->args[0]);
	return connection_event(&event, AOD_SMB_CONNECT_ERROR);
}

/* The errnos of a connection that is not there; all others have a response to tell of. */
static __always_inline int is_transport_error(__s32 error)
{
	switch (-error) {
	case EPIPE:
	case ENETDOWN:
	case ENETUNREACH:
	case ECONNABORTED:
	case ECONNRESET:
	case ENOTCONN:
	case ESHUTDOWN:
	case ETIMEDOUT:
	case ECONNREFUSED:
	case EHOSTDOWN:
	case EHOSTUNREACH:
		return 1;
	}
	return 0;
}

/*
 * Arguments: xid, function, errno. In the context of whoever called the file system. Most failed
 * operations failed because of a request that was counted already; that one is not counted again.
 */
SEC("?raw_tp/smb3_exit_err")
int any_exit_err(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 thread = (__u32)bpf_get_current_pid_tgid();
	struct aod_smb_named event = {};
	__s32 error = (__s32)ctx->args[2];
	__u64 *failed_ns;
	__u32 rule;

	if (!is_transport_error(error))
		return 0;
	failed_ns = bpf_map_lookup_elem(&smb_thread_failures, &thread);
	if (failed_ns && bpf_ktime_get_ns() - *failed_ns < SAME_FAILURE_NS) {
		bpf_map_delete_elem(&smb_thread_failures, &thread);
		return 0;
	}
	rule = code_rule(AOD_SMB_CODE_ERRNO, -error);
	if (rule == AOD_SMB_CODE_EXCLUDE || rule == AOD_SMB_CODE_BENIGN) {
		count(AOD_SMB_C_SEEN);
		count(AOD_SMB_C_FILTERED);
		return 0;
	}
	event.request.error = error;
	event.request.flags = AOD_SMB_F_FAILED;
	return connection_event(&event, AOD_SMB_OP_ERROR);
}

#endif /* AOD_SMB_CONNECTION_H */
