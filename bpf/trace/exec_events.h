/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * trace/exec_events.h - what bpf/exec_monitor.bpf.c and user space share. Layout rules are those of
 * events.h.
 */
#ifndef AOD_TRACE_EXEC_EVENTS_H
#define AOD_TRACE_EXEC_EVENTS_H

#define AOD_EXEC_NAME_MAX 256 /* bytes of the program's name that are kept */
#define AOD_EXEC_ARGV_MAX 1024 /* bytes of argv that are kept */

enum aod_exec_type {
	AOD_EXEC_FORK = 1, /* a new process; threads are not told */
	AOD_EXEC_EXEC = 2,
	AOD_EXEC_EXIT = 3, /* its last thread has ended */
};

enum aod_exec_flag {
	AOD_EXEC_F_NAME_CUT = 1 << 0,
	AOD_EXEC_F_ARGV_CUT = 1 << 1, /* longer than is kept, or it could not be read to its end */
};

/*
 * A record of the ring exec_ring; after it `name_bytes` bytes of the program's name and `argv_bytes` bytes
 * of argv (a NUL after each argument), both 0 where it is no exec.
 */
struct aod_exec_event {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u64 lifetime_ns; /* of exit: since the process began */
	__u32 type; /* enum aod_exec_type */
	__u32 tgid; /* of fork: the parent */
	__u32 parent_tgid; /* of the real parent */
	__u32 child_tgid; /* of fork */
	__u32 uid; /* real user id, of the initial user namespace */
	__u32 exit_code; /* as wait(2) has it */
	char comm[16];
	__u16 flags; /* enum aod_exec_flag */
	__u16 name_bytes;
	__u16 argv_bytes;
	__u16 pad;
};

/* exec_config[0], mmapable. */
struct aod_exec_config {
	__u32 own_tgid; /* left out together with its descendants; 0: nobody */
	__u32 pad;
};

/* exec_counters: per-CPU array. seen = emitted + own + drop_ring_full + drop_scratch. */
enum aod_exec_counter {
	AOD_EXEC_C_SEEN = 0,
	AOD_EXEC_C_EMITTED = 1,
	AOD_EXEC_C_OWN = 2, /* of the agent and its descendants */
	AOD_EXEC_C_DROP_RING_FULL = 3,
	AOD_EXEC_C_DROP_SCRATCH = 4, /* no buffer to build it in: the program was interrupted by itself */
	AOD_EXEC_C_COUNT = 5,
};

#ifdef __bpf__
/* Never read: describes everything above in the object's BTF. */
const volatile union {
	enum aod_exec_type type;
	enum aod_exec_flag flag;
	enum aod_exec_counter counter;
	struct aod_exec_event event;
	struct aod_exec_config config;
} aod_exec_layout_anchor = {};
#endif

#endif /* AOD_TRACE_EXEC_EVENTS_H */
