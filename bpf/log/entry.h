/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/entry.h - the little that must be taken before a call, because it is gone or another one afterwards:
 * the file of close, the directory that chdir leaves, the arguments of exec.
 */
#ifndef AOD_LOG_ENTRY_H
#define AOD_LOG_ENTRY_H

/* At the entry of close: what the descriptor is. The path's names are told now, while the file lives. */
static __always_inline void log_closing(struct log_task *state, const struct log_call *c)
{
	__u64 file;

	state->entry[0] = 0;
	state->file.flags = 0;
	if (!log_is_wanted(c->config, AOD_LOG_CLOSE) || log_is_own(c) || !log_task_passes(c))
		return;
	file = log_fd(c, log_int(log_arg0(c)));
	if (!file)
		return;
	log_file_of(&state->file, c, file);
	state->file.cpu = bpf_get_smp_processor_id();
	state->entry[0] = (__u64)log_read(file, struct file, f_path.mnt);
	state->entry[1] = (__u64)log_read(file, struct file, f_path.dentry);
}

/*
 * At its exit: the same. The slot of the path is one of the CPU that the entry was on, and another path may
 * have taken it; then the names are walked once more, which is right as long as the dentry lives.
 */
static __always_inline void log_closed_file(struct log_file *out, const struct log_call *c)
{
	struct log_task *state = c->state;
	__u64 mount, dentry, path;

	__builtin_memset(out, 0, sizeof(*out));
	if (!c->start_ns || !state || c->call != AOD_CALL_CLOSE || !(state->file.flags & AOD_LOG_F_FILE))
		return;
	*out = state->file;
	if (!out->path)
		return;
	mount = state->entry[0];
	dentry = state->entry[1];
	path = log_path_kept(mount, dentry);
	if (!path || out->cpu != bpf_get_smp_processor_id())
		path = log_path(c, mount, dentry, LOG_PATH_FILE);
	out->path = log_path_number(path);
	out->flags |= log_path_event_flags(path);
}

/* At the entry of chdir: the directory that a relative name begins at. */
static __always_inline void log_leaving(struct log_task *state, struct task_struct *task)
{
	struct fs_struct *fs = task->fs;

	state->entry[0] = 0;
	if (!fs)
		return;
	state->entry[0] = (__u64)log_read(fs, struct fs_struct, pwd.mnt);
	state->entry[1] = (__u64)log_read(fs, struct fs_struct, pwd.dentry);
}

/* At its exit. */
static __always_inline void log_set_old_dir(struct log_scratch *s, const struct log_call *c, int first)
{
	__u64 path;

	if (first == '/') {
		log_set_dir(s, c, first, 0);
		return;
	}
	if (first < 0 || !c->start_ns || !c->state || !c->state->entry[0])
		return;
	if (log_is_deleted(c->state->entry[1]))
		s->event.flags |= AOD_LOG_F_DIR_DELETED;
	path = log_path(c, c->state->entry[0], c->state->entry[1], LOG_PATH_DIR);
	s->event.dir_path = log_path_number(path);
	s->event.flags |= log_path_event_flags(path);
}

static __always_inline int log_needs_entry(__u32 call)
{
	return call == AOD_CALL_CLOSE || call == AOD_CALL_CHDIR || call == AOD_CALL_EXECVE ||
	       call == AOD_CALL_EXECVEAT;
}

static __always_inline void log_entered(struct aod_log_config *config, struct log_task *state,
					struct pt_regs *regs, long nr)
{
	struct log_call c = {
		.config = config, .task = bpf_get_current_task_btf(), .state = state, .regs = regs, .nr = nr,
		.call = state->call,
	};

	switch (c.call) {
	case AOD_CALL_CLOSE:
		log_closing(state, &c);
		return;
	case AOD_CALL_CHDIR:
		log_leaving(state, c.task);
		return;
	default: /* an exec that succeeds leaves nothing of what it was called with */
		state->entry[0] = log_arg0(&c) << 32 | (__u32)log_arg4(&c); /* of execveat: fd, flags */
		state->entry[1] = nr;
	}
}

#endif /* AOD_LOG_ENTRY_H */
