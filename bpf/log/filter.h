/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/filter.h - whose events are wanted: types, the agent's own left out, and the user's filters.
 */
#ifndef AOD_LOG_FILTER_H
#define AOD_LOG_FILTER_H

#define LOG_LINEAGE_DEPTH 16

/* The agent and what it started. Decided once a task, from its ancestors, and inherited at fork. */
static __always_inline int log_is_own(const struct log_call *c)
{
	__u32 own = c->config->own_tgid;
	struct task_struct *task = c->task;
	int found = 0;

	if (!own)
		return 0;
	if (c->state && c->state->flags & LOG_TASK_KNOWN)
		return c->state->flags & LOG_TASK_OWN;
	for (int i = 0; i < LOG_LINEAGE_DEPTH; i++) {
		if (!task)
			break;
		if ((__u32)task->tgid == own) {
			found = 1;
			break;
		}
		if (task->tgid <= 1)
			break;
		task = task->real_parent;
	}
	if (c->state)
		__sync_fetch_and_or(&c->state->flags,
				    LOG_TASK_KNOWN | (found ? LOG_TASK_OWN : 0));
	return found;
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
 * Whether an event of this type is to be built; what becomes of it is counted from here on. To be
 * called exactly once for each event that happened.
 */
static __always_inline int log_admit(const struct log_call *c, __u32 type)
{
	if (!log_is_wanted(c->config, type))
		return 0;
	log_count(AOD_LOG_C_SEEN);
	if (log_is_own(c)) {
		log_count(AOD_LOG_C_OWN);
		return 0;
	}
	if (!log_task_passes(c)) {
		log_count(AOD_LOG_C_FILTERED);
		return 0;
	}
	return 1;
}

#endif /* AOD_LOG_FILTER_H */
