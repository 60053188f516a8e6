/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/event.h - making an event and putting it in the ring. How a handler is written:
 *
 *   SEC("?tp_btf/sys_exit")
 *   int BPF_PROG(log_something, struct pt_regs *regs, long result)
 *   {
 *           struct log_call c;
 *
 *           if (!log_call_begin(&c, regs, result))
 *                   return 0;                             // c.call says which spelling it is
 *           if (!log_admit(&c, AOD_LOG_KILL))             // once for each event that happened
 *                   return 0;
 *           ... then one of the two ways:
 *
 *   1. Numbers only: the event is written where it will be read.
 *           struct aod_log_event *event = log_reserve(&c, AOD_LOG_KILL, 0);   // 0 or &file
 *           if (!event)
 *                   return 0;                             // counted already
 *           event->args[0] = log_int(log_arg0(&c));
 *           log_submit(event, &c);
 *
 *   2. With names, addresses, argv: it is built in a buffer of the CPU.
 *           struct log_scratch *s = log_build(&c, AOD_LOG_BIND);
 *           if (!s)
 *                   return 0;                             // counted already
 *           s->event.args[0] = ...;
 *           log_add_user_name(s, AOD_LOG_NAME, (const char *)log_arg1(&c));
 *           log_set_dir(s, &c, log_int(log_arg0(&c)));    // what AOD_LOG_NAME is relative to
 *           log_finish(s, &c);                            // must be called: it gives the buffer back
 *
 * A handler is entered by a jump from log_exit (log/dispatch.h: log_group_of), so it must not assume
 * anything but its two arguments. Every byte of what goes in the ring is written first.
 * Paths (log_path, log_file_of_fd) must be asked for before log_reserve: their records come first.
 */
#ifndef AOD_LOG_EVENT_H
#define AOD_LOG_EVENT_H

/* Makes the compiler forget what it knows of a value, so that the verifier sees the check. */
#define log_barrier(value) asm volatile("" : "+r"(value))

static __always_inline void log_wake(struct aod_log_config *config)
{
	__u32 waiting = *(volatile __u32 *)&config->reader_waiting;
	void *nothing;

	/*
	 * After the submit, whose exchange is a full barrier: either we see that the reader waits, or
	 * it saw that there is something. A discarded record is skipped, its wake-up is not.
	 */
	if (!waiting)
		return;
	if (waiting == AOD_LOG_WAKE_AT_BURST &&
	    bpf_ringbuf_query(&log_events, BPF_RB_AVAIL_DATA) <
		    bpf_ringbuf_query(&log_events, BPF_RB_RING_SIZE) / AOD_LOG_BURST_PART)
		return;
	if (!__sync_lock_test_and_set(&config->reader_waiting, 0))
		return;
	nothing = bpf_ringbuf_reserve(&log_events, 8, 0);
	if (nothing)
		bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
	else
		config->reader_waiting = waiting;
}

/* An event found no room. */
static __always_inline void log_lost(__u64 now_ns)
{
	__u32 zero = 0;
	struct aod_log_gap_state *gap = bpf_map_lookup_elem(&log_gaps, &zero);

	log_count(AOD_LOG_C_DROP_RING_FULL);
	if (!gap)
		return;
	if (!gap->events)
		gap->first_ns = now_ns;
	gap->last_ns = now_ns;
	gap->events++;
}

/* Tells of the events that found no room, before the next one. */
static __always_inline void log_tell_gap(void)
{
	__u32 zero = 0;
	struct aod_log_gap_state *gap = bpf_map_lookup_elem(&log_gaps, &zero);
	struct aod_log_gap record = {};

	if (!gap || !gap->events)
		return;
	record.type = AOD_LOG_GAP;
	record.cpu = bpf_get_smp_processor_id();
	record.events = gap->events;
	record.first_ns = gap->first_ns;
	record.last_ns = gap->last_ns;
	if (bpf_ringbuf_output(&log_events, &record, sizeof(record), BPF_RB_NO_WAKEUP))
		return;
	gap->events = 0;
	log_count(AOD_LOG_C_GAPS);
}

/* What every event has. `event` is all zero where it is not set here. */
static __always_inline void log_fill(struct aod_log_event *event, const struct log_call *c,
				     __u32 type)
{
	struct task_struct *task = c->task;

	event->type = type;
	event->cpu = bpf_get_smp_processor_id();
	event->flags = c->start_ns ? 0 : AOD_LOG_F_NO_START;
	event->start_ns = c->start_ns ? c->start_ns : c->end_ns;
	event->duration_ns = c->start_ns ? c->end_ns - c->start_ns : 0;
	event->result = c->result;
	event->tid = task->pid;
	event->tgid = task->tgid;
	event->parent_tgid = task->real_parent->tgid;
	event->uid = task->cred->uid.val;
	/* Loads, here and below, for calls of the kernel: it keeps the name NUL-padded. */
	event->cgroup_id = task->cgroups->dfl_cgrp->kn->id;
	((__u64 *)event->comm)[0] = ((__u64 *)task->comm)[0];
	((__u64 *)event->comm)[1] = ((__u64 *)task->comm)[1];
	event->syscall = c->nr;
}

/* An event without data items, in the ring. NULL (counted) where there is no room. */
static __always_inline struct aod_log_event *log_reserve(const struct log_call *c, __u32 type,
							 const struct log_file *file)
{
	struct aod_log_event *event;

	if (!log_file_passes(file)) {
		log_count(AOD_LOG_C_FILTERED);
		return 0;
	}
	log_tell_gap();
	event = bpf_ringbuf_reserve(&log_events, sizeof(*event), 0);
	if (!event) {
		log_lost(c->end_ns);
		return 0;
	}
	__builtin_memset(event, 0, sizeof(*event));
	log_fill(event, c, type);
	if (file)
		log_set_file(event, file);
	return event;
}

static __always_inline void log_submit(struct aod_log_event *event, const struct log_call *c)
{
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	log_count(AOD_LOG_C_EMITTED);
	log_wake(c->config);
}

/* An event with data items, in the CPU's buffer. NULL (counted) where that is in use. */
static __always_inline struct log_scratch *log_build(const struct log_call *c, __u32 type)
{
	__u32 zero = 0;
	struct log_scratch *s = bpf_map_lookup_elem(&log_scratches, &zero);

	if (!s || s->busy) {
		log_count(AOD_LOG_C_DROP_SCRATCH);
		return 0;
	}
	s->busy = 1;
	s->name = 0;
	s->name2 = 0;
	__builtin_memset(&s->event, 0, sizeof(s->event));
	log_fill(&s->event, c, type);
	return s;
}

/* Puts the event in the ring; the buffer stays in use. */
static __always_inline void log_output(struct log_scratch *s, const struct log_call *c)
{
	__u32 bytes = *(volatile __u32 *)&s->event.data_bytes;

	if (!log_scratch_passes(s, c)) {
		log_count(AOD_LOG_C_FILTERED);
		return;
	}
	log_tell_gap();
	if (bytes <= sizeof(s->data) &&
	    !bpf_ringbuf_output(&log_events, &s->event, sizeof(s->event) + bytes, BPF_RB_NO_WAKEUP)) {
		log_count(AOD_LOG_C_EMITTED);
		log_wake(c->config);
	} else {
		log_lost(c->end_ns);
	}
}

/* Gives the buffer back. */
static __always_inline void log_release(struct log_scratch *s)
{
	s->busy = 0;
}

/* Puts the event in the ring and gives the buffer back. */
static __always_inline void log_finish(struct log_scratch *s, const struct log_call *c)
{
	log_output(s, c);
	log_release(s);
}

#endif /* AOD_LOG_EVENT_H */
