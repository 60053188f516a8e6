/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * smb/lineage.h - which processes are the agent's own: it and all it has started.
 *
 * By lineage and not by name: what a quick action runs (smbinfo, lsof) has any name, and a process
 * that calls itself aod is not one of ours. A child that its parent outlives stays in the map until
 * it exits, wherever it is moved to.
 */
#ifndef AOD_SMB_LINEAGE_H
#define AOD_SMB_LINEAGE_H

SEC("?raw_tp/sched_process_fork")
int opt_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *parent = (void *)ctx->args[0];
	struct task_struct *child = (void *)ctx->args[1];
	__u32 parent_tgid, child_tgid;

	if (!leave_out_lineage)
		return 0;
	parent_tgid = BPF_CORE_READ(parent, tgid);
	if (!is_excluded(parent_tgid))
		return 0;
	child_tgid = BPF_CORE_READ(child, tgid);
	if (child_tgid != parent_tgid)
		exclude(child_tgid);
	return 0;
}

SEC("?raw_tp/sched_process_exit")
int opt_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)ctx->args[0];
	__u32 tgid;

	if (!leave_out_lineage)
		return 0;
	tgid = BPF_CORE_READ(task, tgid);
	if (BPF_CORE_READ(task, pid) == (int)tgid)
		bpf_map_delete_elem(&smb_excluded, &tgid);
	return 0;
}

/*
 * Whoever runs this (BPF_PROG_RUN) is left out: the agent, once, after the load. The kernel says which
 * process that is; the agent's own idea of its pid is another one inside a pid namespace.
 */
SEC("?syscall")
int smb_leave_out_caller(void *ctx)
{
	return exclude(bpf_get_current_pid_tgid() >> 32) ? 1 : 0;
}

#endif /* AOD_SMB_LINEAGE_H */
