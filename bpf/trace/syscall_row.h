/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* trace/syscall_row.h - which row a call is counted in. */
#ifndef AOD_TRACE_SYSCALL_ROW_H
#define AOD_TRACE_SYSCALL_ROW_H

/* The row of a call that the task does not remember. */
static __noinline __u32 sys_find_row(struct sys_task *state, struct aod_sys_config *config, __u32 nr)
{
	struct aod_sys_key key = {}, *name;
	__u32 row = 0, *known;

	__builtin_memcpy(key.comm, state->comm, sizeof(key.comm));
	key.nr = nr;
	if (config->by_tgid)
		key.tgid = bpf_get_current_pid_tgid() >> 32;
	known = bpf_map_lookup_elem(&sys_rows, &key);
	if (known)
		return *known;
	if (bpf_map_pop_elem(&sys_free, &row)) {
		trace_count(&sys_counters, AOD_SYS_C_NO_ROW);
		return nr;
	}
	name = bpf_map_lookup_elem(&sys_keys, &row);
	if (name)
		__builtin_memcpy(name, &key, sizeof(key));
	if (!bpf_map_update_elem(&sys_rows, &key, &row, BPF_NOEXIST))
		return row;
	/* Another CPU was first. */
	bpf_map_push_elem(&sys_free, &row, 0);
	known = bpf_map_lookup_elem(&sys_rows, &key);
	return known ? *known : nr;
}

static __always_inline __u32 sys_row_of(struct sys_task *state, struct aod_sys_config *config,
					struct task_struct *task, __u32 nr)
{
	struct sys_cached_row *cached = &state->rows[nr % SYS_CACHE];
	struct task_struct *first = task->group_leader;
	__u32 generation = *(volatile __u32 *)&config->generation;
	__u64 comm[2];

	trace_comm(comm, first);
	if (state->generation != generation || state->comm[0] != comm[0] || state->comm[1] != comm[1]) {
		__builtin_memset(state->rows, 0, sizeof(state->rows));
		state->generation = generation;
		state->comm[0] = comm[0];
		state->comm[1] = comm[1];
	}
	if (cached->nr_plus_1 != nr + 1) {
		cached->row = sys_find_row(state, config, nr);
		cached->nr_plus_1 = nr + 1;
	}
	return cached->row;
}

#endif /* AOD_TRACE_SYSCALL_ROW_H */
