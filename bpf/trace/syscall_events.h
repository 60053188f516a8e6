/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * trace/syscall_events.h - what bpf/syscall_tracer.bpf.c and user space share. Layout rules are those of
 * events.h.
 *
 * Every call is counted in a row: one for each process name (or thread group) and syscall number. Rows
 * 0 to AOD_SYS_SYSCALLS - 1 are those of all that found no row of their own, by number. A row has one
 * cell for each shard of CPUs; cell `shard * rows + row` of sys_cells.
 */
#ifndef AOD_TRACE_SYSCALL_EVENTS_H
#define AOD_TRACE_SYSCALL_EVENTS_H

#define AOD_SYS_SYSCALLS 512 /* syscall numbers of x86-64 and arm64 are below */
/*
 * Reading the clock is most of what a call pays. Of a thread that makes more than AOD_SYS_TIMED calls in one
 * tick of the kernel's clock (1 to 10 ms), one in AOD_SYS_TIMED_OF is timed from there on. The others are
 * only counted where they end in the tick in which they began; where they do not, their start is taken to
 * be the last time that was read for the thread, which is a few calls earlier and in the same tick.
 */
#define AOD_SYS_TIMED 256
#define AOD_SYS_TIMED_OF 16
#define AOD_SYS_BUCKETS 40 /* the last one: 2^39 ns (9 minutes) and more */

enum aod_sys_size {
	AOD_SYS_SIZE_SYSCALLS = AOD_SYS_SYSCALLS,
	AOD_SYS_SIZE_BUCKETS = AOD_SYS_BUCKETS,
	AOD_SYS_SIZE_TIMED = AOD_SYS_TIMED,
	AOD_SYS_SIZE_TIMED_OF = AOD_SYS_TIMED_OF,
};

enum aod_sys_reason {
	AOD_SYS_R_SLOW = 1 << 0, /* took slow_ns or longer */
	AOD_SYS_R_SAMPLED = 1 << 1, /* one in sample_every */
	AOD_SYS_R_EARLY_START = 1 << 2, /* it began less than a tick after start_ns */
};

/* A record of the ring sys_ring. */
struct aod_sys_event {
	__u64 start_ns; /* CLOCK_MONOTONIC */
	__u64 latency_ns;
	__s64 result; /* negative errno where it failed */
	__u32 nr;
	__u32 tgid;
	__u32 tid;
	__u32 reason; /* enum aod_sys_reason */
	char comm[16]; /* of the thread */
};

/* What a row counts. sys_keys[row], mmapable; a row is named before its first call is counted. */
struct aod_sys_key {
	char comm[16]; /* of the first thread */
	__u32 tgid; /* 0 where processes of one name are counted together */
	__u32 nr;
};

/*
 * User space takes the counts out by exchanging them with 0 while the kernel adds: none is lost. The sum
 * only grows, modulo 2^64. `dirty` is set after a count was added; a reader that resets it first misses nothing for long.
 */
struct aod_sys_cell {
	__u32 counts[AOD_SYS_BUCKETS]; /* by floor(log2(latency_ns)) */
	__u64 sum_ns;
	__u32 dirty;
	__u32 untimed; /* calls that are in no bucket */
	__u32 pad[4]; /* three cache lines */
};

/* What a syscall number is: aod_sys_config.kind. */
enum aod_sys_kind {
	AOD_SYS_KIND_WAITS = 1 << 0, /* its latency is a wait by design: only counted */
	AOD_SYS_KIND_FORKS = 1 << 1, /* the child returns from it as well */
};

/* sys_config[0], mmapable: user space may change it at any time. */
struct aod_sys_config {
	__u8 kind[AOD_SYS_SYSCALLS]; /* enum aod_sys_kind */
	__u64 slow_ns; /* all ones: none is slow */
	__u32 sample_every; /* 0: none is sampled */
	__u32 own_tgid; /* left out together with its descendants; 0: nobody */
	__u32 by_tgid; /* rows by thread group, else by the name of the first thread */
	__u32 generation; /* user space adds 1 after rows were taken away */
	__u32 time_all; /* every call is timed: slow_ns is less than a tick can be */
	__u32 pad;
};

/*
 * sys_counters: per-CPU array. A call is counted at its end, in a row or in one of OWN, COMPAT and
 * NO_START. Of those in rows, EMITTED and DROP_RING_FULL are the slow and the sampled ones.
 */
enum aod_sys_counter {
	AOD_SYS_C_OWN = 0, /* of the agent and its descendants */
	AOD_SYS_C_COMPAT = 1, /* of 32-bit programs: another table */
	AOD_SYS_C_NO_START = 2, /* under way at the load, denied by seccomp, or no memory for its start */
	AOD_SYS_C_EMITTED = 3,
	AOD_SYS_C_DROP_RING_FULL = 4,
	AOD_SYS_C_NO_ROW = 5, /* how often a task began to use the rows of all that have none */
	AOD_SYS_C_COUNT = 6,
};

#ifdef __bpf__
/* Never read: describes everything above in the object's BTF. */
const volatile union {
	enum aod_sys_size size;
	enum aod_sys_reason reason;
	enum aod_sys_kind kind;
	enum aod_sys_counter counter;
	struct aod_sys_event event;
	struct aod_sys_key key;
	struct aod_sys_cell cell;
	struct aod_sys_config config;
} aod_sys_layout_anchor = {};
#endif

#endif /* AOD_TRACE_SYSCALL_EVENTS_H */
