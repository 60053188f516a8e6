/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/maps.h - maps of the event log. Sizes are defaults: user space sets that of the ring. */
#ifndef AOD_LOG_MAPS_H
#define AOD_LOG_MAPS_H

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 25);
} log_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct aod_log_config);
} log_config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, AOD_LOG_C_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} log_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct aod_log_gap_state);
} log_gaps SEC(".maps");

enum log_task_flag {
	LOG_TASK_KNOWN = 1 << 0, /* LOG_TASK_OWN has been decided, of the task that `born_ns` and `tid` name */
	LOG_TASK_OWN = 1 << 1, /* the agent, or what it started */
};

/* What an event says of an open file. */
struct log_file {
	__u64 inode;
	__u32 device;
	__u32 owner;
	__u32 path;
	__u32 flags; /* enum aod_log_flag */
	__u16 mode;
	__u16 cpu; /* whose slot `path` is, where it is kept */
	__u32 pad;
};

/* What is kept of a task: mostly what its syscall's exit needs to know of the entry. */
struct log_task {
	__u64 owner; /* of a slot: log_who() of its task, with LOG_SLOT_BUSY in a call; 0 in log_tasks */
	__u64 start_ns;
	__u64 born_ns; /* start of the task that was looked at last, and its number */
	__u32 tid;
	__u32 flags; /* enum log_task_flag */
	__u32 call; /* enum aod_log_call of the call under way; 0: none that was seen to begin */
	__u32 group_ended; /* in log_tasks, of a first thread: one has been told as the last of the group */
	__u64 entry[2]; /* by call: what is only there at entry (log/entry.h) */
	struct log_file file; /* of close */
	__u64 pad[4]; /* whole cache lines: slots of other tasks are written by other CPUs */
};

#define LOG_SLOTS 4096
#define LOG_SLOT_BUSY 1ull

/* See log/task.h. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LOG_SLOTS);
	__type(key, __u32);
	__type(value, struct log_task);
} log_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct log_task);
} log_tasks SEC(".maps");

#define LOG_DATA_MASK 16383 /* where an item may begin */
#define LOG_ITEM_MAX 4096

/* Where an event with data items is built: log_build. */
struct log_scratch {
	__u16 busy;
	__u16 name, name2; /* where these items' bytes begin in `data`; 0: there is none */
	__u16 pad;
	__u64 work[8]; /* of the handler: what it keeps here the verifier does not follow */
	struct aod_log_event event;
	__u8 data[LOG_DATA_MASK + 1 + LOG_ITEM_MAX + 32]; /* directly behind the event */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct log_scratch);
} log_scratches SEC(".maps");

/* What log_pids says of a thread group. */
enum log_pid_state {
	LOG_PID_RUNS = 1,
	LOG_PID_ENDED = 2,
};

/* Thread groups to log, with AOD_LOG_FILTER_PID. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, __u8);
} log_pids SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} log_cgroup SEC(".maps");

/* Groups of syscalls, each handled by one program that log_exit jumps to. */
enum log_group {
	LOG_GROUP_NONE = 0,
	LOG_GROUP_READ_WRITE, /* where log_exit's short way does not do */
	LOG_GROUP_OPEN,
	LOG_GROUP_NAMES, /* one name: unlink, mkdir, chmod, ... */
	LOG_GROUP_TWO_NAMES, /* rename, link, symlink */
	LOG_GROUP_DESCRIPTOR, /* close, dup, ftruncate, fchdir, ... */
	LOG_GROUP_PROCESS,
	LOG_GROUP_EXEC,
	LOG_GROUP_NETWORK,
	LOG_GROUP_MESSAGES, /* sendmmsg, recvmmsg */
	LOG_GROUP_USER,
	LOG_GROUP_STAT, /* by name */
	LOG_GROUP_COUNT,
};

/* As aod_log_layout_anchor: user space fills log_handlers. */
const volatile enum log_group log_group_anchor = LOG_GROUP_NONE;

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, LOG_GROUP_COUNT);
	__type(key, __u32);
	__type(value, __u32);
} log_handlers SEC(".maps");

#endif /* AOD_LOG_MAPS_H */
