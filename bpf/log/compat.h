/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/compat.h - calls of 32-bit programs: another syscall table. They are counted, not decoded. */
#ifndef AOD_LOG_COMPAT_H
#define AOD_LOG_COMPAT_H

#define LOG_TS_COMPAT 0x2 /* arch/x86/include/asm/thread_info.h */
#define LOG_TIF_32BIT (1 << 22) /* arch/arm64/include/asm/thread_info.h */

/* Whether the call is one of a 32-bit program. */
static __always_inline int log_is_compat(struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	return task->thread_info.status & LOG_TS_COMPAT;
#else
	return task->thread_info.flags & LOG_TIF_32BIT;
#endif
}

/* Those that move names: rename, renameat, renameat2, and of mounts. */
static __always_inline int log_compat_moves_names(__u32 nr)
{
#if defined(__TARGET_ARCH_x86) /* arch/x86/entry/syscalls/syscall_32.tbl */
	return nr == 38 || nr == 302 || nr == 353 || nr == 21 || nr == 22 || nr == 52 || nr == 217 || nr == 429;
#else /* arch/arm/tools/syscall.tbl */
	return nr == 38 || nr == 329 || nr == 382 || nr == 21 || nr == 52 || nr == 218 || nr == 429;
#endif
}

/* The end of such a call, of the task that log_who() named `who`. A global function: verified once. */
__noinline __u32 log_compat_exit(__u64 who, __u32 nr, __u64 result)
{
	struct aod_log_config *config = log_configuration();
	struct log_task *state = log_find_task(who, bpf_get_current_task_btf());

	log_count(AOD_LOG_C_COMPAT);
	/* log_enter took its number for one of the other table. */
	if (state) {
		state->call = AOD_CALL_NONE;
		log_leave_task(state, who);
	}
	if (config && !result && log_compat_moves_names(nr))
		log_names_changed(config);
	return 0;
}

#endif /* AOD_LOG_COMPAT_H */
