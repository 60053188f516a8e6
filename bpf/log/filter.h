/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/filter.h - whose events are wanted: types, the agent's own left out, and the user's filters.
 */
#ifndef AOD_LOG_FILTER_H
#define AOD_LOG_FILTER_H

#define LOG_LINEAGE_DEPTH 16

/*
 * Whether the current task is the agent or what it started: by its ancestors, or as log_inherit has noted
 * while they lived. A global function: verified once.
 */
__noinline __u32 log_decide_own(void)
{
	struct aod_log_config *config = log_configuration();
	struct task_struct *task = bpf_get_current_task_btf();
	struct log_task *state = bpf_task_storage_get(&log_tasks, task, 0, 0);

	if (!config)
		return 0;
	if (state && state->flags & LOG_TASK_OWN)
		return 1;
	for (int i = 0; i < LOG_LINEAGE_DEPTH; i++) {
		if (!task)
			break;
		if ((__u32)task->tgid == config->own_tgid)
			return 1;
		if (task->tgid <= 1)
			break;
		task = task->real_parent;
	}
	return 0;
}

/* The same, decided once for each task that keeps its slot. */
static __always_inline int log_is_own(const struct log_call *c)
{
	struct log_task *state = c->state;
	__u64 born_ns;
	__u32 tid, own;

	if (!c->config->own_tgid)
		return 0;
	if (!state)
		return log_decide_own();
	tid = c->task->pid;
	born_ns = c->task->start_time;
	if (state->flags & LOG_TASK_KNOWN && state->tid == tid && state->born_ns == born_ns)
		return state->flags & LOG_TASK_OWN;
	own = log_decide_own();
	state->tid = tid;
	state->born_ns = born_ns;
	state->flags = LOG_TASK_KNOWN | (own ? LOG_TASK_OWN : 0);
	return own;
}

/* Filters that need nothing but the task. */
static __always_inline int log_task_passes(const struct log_call *c)
{
	const struct aod_log_config *config = c->config;
	__u32 filters = config->filters;

	if (!filters)
		return 1;
	if (filters & AOD_LOG_FILTER_PID) {
		__u32 tgid = c->task->tgid;

		if (!bpf_map_lookup_elem(&log_pids, &tgid))
			return 0;
	}
	if (filters & AOD_LOG_FILTER_UID && c->task->cred->uid.val != config->uid)
		return 0;
	if (filters & AOD_LOG_FILTER_COMM) {
		__u64 comm[2], wanted[2];

		bpf_get_current_comm(comm, sizeof(comm));
		__builtin_memcpy(wanted, config->comm, sizeof(wanted));
		if (comm[0] != wanted[0] || comm[1] != wanted[1])
			return 0;
	}
	if (filters & AOD_LOG_FILTER_CGROUP && bpf_current_task_under_cgroup(&log_cgroup, 0) != 1)
		return 0;
	return 1;
}

static __always_inline int log_is_wanted(const struct aod_log_config *config, __u32 type)
{
	__u32 category = type / 100;

	/* The compiler may know that the check is not needed; the verifier does not. */
	asm volatile("" : "+r"(category));
	return category < 5 && config->wanted[category] >> (type % 100) & 1;
}

/*
 * Whether `events` events of this type are to be built; what becomes of them is counted from here on. To
 * be called exactly once for each call or moment that is an event.
 */
static __always_inline int log_admit_all(const struct log_call *c, __u32 type, __u32 events)
{
	int own;

	if (!log_is_wanted(c->config, type))
		return 0;
	log_add(AOD_LOG_C_SEEN, events);
	own = log_is_own(c);
	if (c->call_ends)
		log_leave_task(c->state, c->who);
	if (own) {
		log_add(AOD_LOG_C_OWN, events);
		return 0;
	}
	if (!log_task_passes(c)) {
		log_add(AOD_LOG_C_FILTERED, events);
		return 0;
	}
	return 1;
}

static __always_inline int log_admit(const struct log_call *c, __u32 type)
{
	return log_admit_all(c, type, 1);
}

#endif /* AOD_LOG_FILTER_H */
