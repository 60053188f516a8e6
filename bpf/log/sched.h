/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/sched.h - what the scheduler tells: fork, exec, exit.
 *
 * log_sched_fork and log_sched_exit also keep who is whose: children of the agent are left out with it,
 * and children of followed processes are followed. So the first is attached in any case, the second
 * where AOD_LOG_FILTER_FOLLOW is set too.
 */
#ifndef AOD_LOG_SCHED_H
#define AOD_LOG_SCHED_H

/* Adds a NUL-terminated name of kernel memory; returns as log_add_user_name does. */
static __always_inline int log_add_kernel_name(struct log_scratch *s, __u32 item, const char *name)
{
	char *data = (char *)log_next_item(s);
	long size = bpf_probe_read_kernel_str(data, LOG_ITEM_MAX + 1, name);

	if (size <= 0) {
		s->event.flags |= AOD_LOG_F_NAME_LOST;
		return -1;
	}
	log_end_item(s, item, size - 1, size > LOG_ITEM_MAX ? AOD_LOG_ITEM_CUT : 0);
	return (unsigned char)data[0];
}

static __always_inline int log_follows(const struct aod_log_config *config)
{
	const __u32 both = AOD_LOG_FILTER_PID | AOD_LOG_FILTER_FOLLOW;

	return (config->filters & both) == both;
}

/* What the child has from its parent. */
static __always_inline void log_inherit(const struct log_call *c, struct task_struct *child)
{
	__u32 parent_tgid = c->task->tgid, child_tgid = child->tgid;
	struct log_task *state;
	__u8 yes = LOG_PID_RUNS;

	if (log_is_own(c)) {
		state = bpf_task_storage_get(&log_tasks, child, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
		if (state)
			state->flags = LOG_TASK_OWN;
	}
	if (log_follows(c->config) && parent_tgid != child_tgid &&
	    bpf_map_lookup_elem(&log_pids, &parent_tgid))
		bpf_map_update_elem(&log_pids, &child_tgid, &yes, BPF_ANY);
}

SEC("?tp_btf/sched_process_fork")
int BPF_PROG(log_sched_fork, struct task_struct *parent, struct task_struct *child)
{
	struct log_scratch *s;
	struct log_call c;

	if (!log_moment_begin(&c))
		return 0;
	log_inherit(&c, child);
	if (!log_admit(&c, AOD_LOG_FORK))
		return 0;
	s = log_build(&c, AOD_LOG_FORK);
	if (!s)
		return 0;
	s->event.args[0] = parent->pid;
	s->event.args[1] = child->pid;
	s->event.args[2] = child->tgid;
	log_add_kernel_name(s, AOD_LOG_NAME, child->comm);
	log_finish(s, &c);
	return 0;
}

/* The call that is about to end as an exec that succeeded; not known where it began before the log. */
static __always_inline void log_set_exec_call(struct log_call *c)
{
	/* Also where the kernel itself executes, on a stack whose last task died in such a call. */
	if (!c->state || c->state->start_ns < c->task->start_time ||
	    (c->state->call != AOD_CALL_EXECVE && c->state->call != AOD_CALL_EXECVEAT)) {
		c->start_ns = 0;
		return;
	}
	c->call = c->state->call;
	c->start_ns = c->state->start_ns;
	c->nr = c->state->entry[1];
	/* A 32-bit program that it becomes leaves no other call here: this one is over. */
	c->state->call = AOD_CALL_NONE;
}

SEC("?tp_btf/sched_process_exec")
int BPF_PROG(log_sched_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	unsigned long begin, end;
	struct mm_struct *mm;
	struct log_scratch *s;
	struct log_file file;
	struct log_call c;
	__s64 bytes;
	int first;

	if (!log_moment_begin(&c))
		return 0;
	log_set_exec_call(&c);
	if (!log_admit(&c, AOD_LOG_EXEC))
		return 0;
	mm = c.task->mm;
	log_file_of(&file, &c, mm ? (__u64)mm->exe_file : 0);
	s = log_build(&c, AOD_LOG_EXEC);
	if (!s)
		return 0;
	log_set_file(&s->event, &file);
	s->event.args[0] = old_pid;
	s->event.args[1] = -1;
	if (c.call == AOD_CALL_EXECVEAT) {
		s->event.args[1] = log_int(c.state->entry[0] >> 32);
		s->event.args[2] = log_int(c.state->entry[0]);
	}
	first = log_add_kernel_name(s, AOD_LOG_NAME, bprm->filename);
	/* With a descriptor the kernel makes it /dev/fd/N or /dev/fd/N/name, which begins at no directory. */
	if (first != '/' || c.call != AOD_CALL_EXECVEAT || log_int(c.state->entry[0] >> 32) == LOG_AT_FDCWD)
		log_set_dir(s, &c, first, LOG_AT_FDCWD);
	if (mm) {
		begin = mm->arg_start;
		end = mm->arg_end;
		bytes = end - begin;
		if (bytes < 0)
			bytes = 0;
		if (bytes > AOD_LOG_ARGV_MAX)
			s->event.flags |= AOD_LOG_F_ARGV_CUT;
		if (bytes && log_add_user_bytes(s, AOD_LOG_ARGV, (const void *)begin, bytes, AOD_LOG_ARGV_MAX))
			s->event.flags |= AOD_LOG_F_ARGV_CUT;
	}
	log_finish(s, &c);
	return 0;
}

/* Whether it is the last thread of its process. */
static __always_inline int log_is_last_thread(struct task_struct *task, unsigned long long *ctx)
{
	struct signal_struct *signal = task->signal;
	struct log_task *state;

	/* Since Linux 6.16 the tracepoint says it. */
	if (bpf_core_field_exists(struct trace_event_raw_sched_process_exit, group_dead))
		return (_Bool)ctx[1];
	/*
	 * Before, the count of those that live says it, which this one has left already. Where two end
	 * at the same moment, both can find it 0: the first one to say so is the last.
	 */
	if (!signal || signal->live.counter)
		return 0;
	state = bpf_task_storage_get(&log_tasks, task->group_leader, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	return !state || !__sync_lock_test_and_set(&state->group_ended, 1);
}

SEC("?tp_btf/sched_process_exit")
int log_sched_exit(unsigned long long *ctx)
{
	struct aod_log_event *event;
	__u8 ended = LOG_PID_ENDED;
	struct log_call c;
	__u32 tgid;
	int last;

	if (!log_moment_begin(&c))
		return 0;
	last = log_is_last_thread(c.task, ctx);
	if (log_admit(&c, AOD_LOG_EXIT)) {
		event = log_reserve(&c, AOD_LOG_EXIT, 0);
		if (event) {
			event->args[0] = (__u32)c.task->exit_code;
			event->args[1] = log_int(c.task->prio);
			event->args[2] = last;
			log_submit(event, &c);
		}
	}
	/* Other threads of it may still be about to end: log_sched_free takes it away. */
	if (last && log_follows(c.config)) {
		tgid = c.task->tgid;
		bpf_map_update_elem(&log_pids, &tgid, &ended, BPF_EXIST);
	}
	return 0;
}

/* A thread group that has ended is followed no more: its number will be another's, or is by now. */
SEC("?tp_btf/sched_process_free")
int BPF_PROG(log_sched_free, struct task_struct *task)
{
	__u32 tgid = task->tgid;
	__u8 *state;

	if ((__u32)task->pid != tgid)
		return 0;
	state = bpf_map_lookup_elem(&log_pids, &tgid);
	if (state && *state == LOG_PID_ENDED)
		bpf_map_delete_elem(&log_pids, &tgid);
	return 0;
}

#endif /* AOD_LOG_SCHED_H */
