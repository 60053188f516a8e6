/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/messages.h - sendmmsg and recvmmsg: one event for each message that was transferred, one event
 * for a call that transferred none.
 */
#ifndef AOD_LOG_MESSAGES_H
#define AOD_LOG_MESSAGES_H

#define LOG_MESSAGES 64 /* of one call that are told one by one */

/* include/linux/socket.h: struct mmsghdr */
struct log_mmsghdr {
	struct log_msghdr header;
	__u32 bytes; /* transferred: written by the call */
	__u32 pad;
};

/*
 * Tells of message `index`, at a user address, of `total` that were transferred: completes the event
 * that is being built and puts it in the ring. A global function: verified once, not 64 times.
 */
__noinline int log_one_message(__u64 sock, __u64 at, __u32 index, __u32 total)
{
	struct log_mmsghdr message = {};
	struct log_call c = {};
	struct log_scratch *s;
	__u32 zero = 0;

	s = bpf_map_lookup_elem(&log_scratches, &zero);
	c.config = log_configuration();
	if (!s || !c.config)
		return 0;
	c.end_ns = s->event.start_ns + s->event.duration_ns;
	s->event.flags &= AOD_LOG_F_NO_START;
	s->event.args[4] = index;
	*(volatile __u32 *)&s->event.data_bytes = 0;
	if (index == LOG_MESSAGES - 1 && total > LOG_MESSAGES)
		s->event.flags |= AOD_LOG_F_MESSAGES_CUT;
	if (bpf_probe_read_user(&message, sizeof(message), (const void *)at)) {
		s->event.flags |= AOD_LOG_F_NAME_LOST;
	} else {
		if (total)
			s->event.args[1] = message.bytes;
		else
			s->event.args[1] = log_vector_bytes(&s->event, message.header.vectors,
							    message.header.vector_count);
		s->event.args[3] = message.header.name ? log_int(message.header.name_bytes) : 0;
		log_add_message_address(s, sock, message.header.name, message.header.name_bytes);
	}
	log_output(s, &c);
	return 0;
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(log_messages, struct pt_regs *regs, long result)
{
	__u32 type, total, events;
	struct log_scratch *s;
	struct log_call c;
	__u64 sock, at;

	if (!log_call_begin(&c, regs, result))
		return 0;
	type = log_network_type(c.call);
	total = c.result > 0 ? c.result : 0;
	events = total > LOG_MESSAGES ? LOG_MESSAGES : total;
	if (!events)
		events = 1;
	if (!log_admit_all(&c, type, events))
		return 0;
	s = log_build(&c, type);
	if (!s) {
		log_add(AOD_LOG_C_DROP_SCRATCH, events - 1);
		return 0;
	}
	s->event.args[0] = log_int(log_arg0(&c));
	s->event.args[2] = log_int(log_arg3(&c));
	s->event.args[5] = total;
	sock = log_sock_of_fd(&c, log_int(log_arg0(&c)));
	at = log_arg1(&c);
	/* With no message asked for there is none to look at. */
	if (!total && !log_arg2(&c)) {
		log_finish(s, &c);
		return 0;
	}
	for (__u32 i = 0; i < LOG_MESSAGES; i++) {
		if (i >= events)
			break;
		log_one_message(sock, at + i * sizeof(struct log_mmsghdr), i, total);
	}
	log_release(s);
	return 0;
}

#endif /* AOD_LOG_MESSAGES_H */
