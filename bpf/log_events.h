/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log_events.h - the records of the kernel event log: the only definition of what bpf/event_log.bpf.c
 * writes and user space reads. Layout rules are those of events.h.
 *
 * A record in the ring `log_events` begins with __u16 type. There are three kinds:
 *
 *   AOD_LOG_PATH   struct aod_log_path: names of a path, from the leaf to the root. It fills the slot
 *                  (cpu, slot) of the reader's table. Later events of the same CPU refer to it; a CPU
 *                  writes the record of a path before the first event that refers to it, and the ring
 *                  keeps the order of one CPU, so a reader that follows the order is never wrong.
 *   AOD_LOG_GAP    struct aod_log_gap: events of this CPU that found no room, before what follows.
 *   the others     struct aod_log_event, then `data_bytes` bytes of data items.
 */
#ifndef AOD_LOG_EVENTS_H
#define AOD_LOG_EVENTS_H

#define AOD_LOG_COMM_LEN 16 /* TASK_COMM_LEN, include/linux/sched.h */
#define AOD_LOG_ARGS 6
#define AOD_LOG_NAME_MAX 4096 /* PATH_MAX, include/uapi/linux/limits.h; a name item is cut beyond */
#define AOD_LOG_ARGV_MAX 4096 /* bytes of argv kept */
#define AOD_LOG_ADDRESS_MAX 128 /* sizeof(struct sockaddr_storage) */
#define AOD_LOG_SYSCALLS 512 /* syscall numbers of x86-64 and arm64 are below */
#define AOD_LOG_PATH_SLOTS 4096 /* path cache, per CPU */
#define AOD_LOG_PATH_DEPTH 48 /* names of a path; deeper ones are cut at the root's end */
#define AOD_LOG_PREFIX_MAX 256

/* Limits that user space needs as well. */
enum aod_log_size {
	AOD_LOG_SIZE_PATH_SLOTS = AOD_LOG_PATH_SLOTS,
	AOD_LOG_SIZE_PATH_DEPTH = AOD_LOG_PATH_DEPTH,
	AOD_LOG_SIZE_SYSCALLS = AOD_LOG_SYSCALLS,
	AOD_LOG_SIZE_PREFIX = AOD_LOG_PREFIX_MAX,
	AOD_LOG_SIZE_ARGV = AOD_LOG_ARGV_MAX,
};

/* Category * 100 + the event's id in its category. */
enum aod_log_type {
	AOD_LOG_PATH = 1,
	AOD_LOG_GAP = 2,

	AOD_LOG_CREATE = 101, /* args: dfd, flags, mode, device (mknod), resolve (openat2); NAME; file */
	AOD_LOG_DELETE = 102, /* dfd, flag; NAME */
	AOD_LOG_RENAME = 103, /* olddfd, newdfd, flags; NAME old, NAME2 new; dir of both */
	AOD_LOG_OPEN = 104, /* dfd, flags, mode, -, resolve; NAME; file of the new descriptor */
	AOD_LOG_CHMOD = 105, /* dfd, mode, flags; NAME, or file for fchmod */
	AOD_LOG_STAT = 106, /* dfd, flags, mask (statx), uid, gid, mode found; inode in file; NAME, or file for fstat */
	AOD_LOG_CHDIR = 107, /* dfd; NAME, or file for fchdir */
	AOD_LOG_MKDIR = 108, /* dfd, mode; NAME */
	AOD_LOG_RMDIR = 109, /* dfd, flag; NAME */
	AOD_LOG_READ = 110, /* fd, count asked for, offset (or -1), vectors (0: not a vector call), rwf flags; file */
	AOD_LOG_WRITE = 111, /* the same */
	AOD_LOG_DUP = 112, /* olddfd, newdfd (asked for, -1: any), flags; file */
	AOD_LOG_CLOSE = 113, /* dfd, last (close_range, else = dfd), flags; file, taken before the call */
	AOD_LOG_TRUNCATE = 114, /* dfd (-1: by name), length; NAME or file */
	AOD_LOG_LINK = 115, /* olddfd, newdfd, flags; NAME old, NAME2 new */
	AOD_LOG_SYMLINK = 116, /* -, newdfd; NAME what it points to, NAME2 the link */

	AOD_LOG_FORK = 201, /* parent_pid, child tid, child tgid; NAME: comm of the child; no syscall */
	AOD_LOG_EXEC = 202, /* old_pid, fd, flags; NAME, ARGV; file: the program (on success) */
	AOD_LOG_CLONE = 203, /* clone_flags, newsp, parent_tidptr, child_tidptr, tls */
	AOD_LOG_EXIT = 204, /* exit code as wait(2) has it, prio, 1 for the last thread; no syscall */
	AOD_LOG_PIPE = 205, /* read end, write end, flags */
	AOD_LOG_KILL = 206, /* pid, sig, tgid (tgkill, else -1) */
	AOD_LOG_PTRACE = 207, /* request, pid, addr, data */
	AOD_LOG_MMAP = 208, /* addr, len, prot, flags, fd, off; file */
	AOD_LOG_MPROTECT = 209, /* start, len, prot */

	AOD_LOG_CONNECT = 301, /* fd, addr_len; ADDRESS */
	/*
	 * fd, len, flags, addr_len, message (0 the first), messages sent by this call; ADDRESS. len: what
	 * was asked for (the sum of the vectors); of sendmmsg and recvmmsg what this message transferred
	 */
	AOD_LOG_SEND = 302,
	AOD_LOG_RECEIVE = 303, /* the same, after the call */
	AOD_LOG_ACCEPT = 304, /* fd, addr_len, flags; ADDRESS of the peer */
	AOD_LOG_BIND = 305, /* fd, addr_len; ADDRESS */
	AOD_LOG_GETPEERNAME = 306, /* fd, addr_len; ADDRESS */
	AOD_LOG_SOCKETPAIR = 307, /* family, type, protocol, both descriptors */

	AOD_LOG_SETGID = 401, /* gid */
	AOD_LOG_SETREGID = 402, /* rgid, egid */
	AOD_LOG_SETRESGID = 403, /* rgid, egid, sgid */
	AOD_LOG_SETUID = 404,
	AOD_LOG_SETREUID = 405,
	AOD_LOG_SETRESUID = 406,
};

enum aod_log_flag {
	AOD_LOG_F_NO_START = 1 << 0, /* under way when the log began, or denied by seccomp: start and duration are not known */
	AOD_LOG_F_FILE = 1 << 1, /* inode, device, mode, owner are known */
	AOD_LOG_F_DELETED = 1 << 2, /* the file has no name any more */
	AOD_LOG_F_PATH_CUT = 1 << 3, /* a path of this event lacks names at its root's end */
	AOD_LOG_F_PATH_LOST = 1 << 4, /* a path record found no room: that path is not known */
	AOD_LOG_F_ARGV_CUT = 1 << 5,
	AOD_LOG_F_NAME_LOST = 1 << 6, /* user memory of a name or address could not be read */
	AOD_LOG_F_CHROOT = 1 << 7, /* absolute names begin at root_path, not at / */
	AOD_LOG_F_IO_URING = 1 << 8, /* submitted to io_uring: `syscall` is the IORING_OP, result and end are not known */
	AOD_LOG_F_PEER = 1 << 9, /* ADDRESS is the socket's peer: the call named none */
	AOD_LOG_F_VECTORS_CUT = 1 << 10, /* more vectors than are added up: count is a lower bound */
	AOD_LOG_F_DIR_DELETED = 1 << 11, /* the directory that a name is relative to has been removed */
	AOD_LOG_F_MESSAGES_CUT = 1 << 12, /* the last of 64: the call transferred more messages than are told */
	AOD_LOG_F_FIXED_FILE = 1 << 13, /* io_uring: fd is an index of the ring's registered files */
};

/*
 * One event. 160 bytes: with the ring's header 168. Unused fields are 0.
 * A path is (slot + 1) of the path cache of `cpu`; 0: none, or not known (AOD_LOG_F_PATH_LOST).
 */
struct aod_log_event {
	__u16 type; /* enum aod_log_type */
	__u16 cpu;
	__u32 flags; /* enum aod_log_flag */
	__u64 start_ns; /* CLOCK_MONOTONIC when the call was entered, or of the event; end with NO_START */
	__u64 duration_ns; /* 0 for what is no call */
	__s64 result; /* of the call: negative errno where it failed */
	__u32 tid;
	__u32 tgid;
	__u32 parent_tgid; /* of the real parent */
	__u32 uid; /* real user id, of the initial user namespace, when the event is written */
	__u64 cgroup_id; /* cgroup v2 */
	char comm[AOD_LOG_COMM_LEN];
	__u64 args[AOD_LOG_ARGS]; /* by type, see enum aod_log_type; signed ones are sign-extended */
	__u64 inode;
	__u32 device; /* s_dev: major << 20 | minor */
	__u32 owner; /* uid of the file */
	__u16 mode; /* file type and permissions */
	__s16 syscall; /* number in the native table, or IORING_OP with IO_URING; -1: none */
	__u32 file_path; /* path of the file */
	__u32 dir_path; /* directory that NAME is relative to; 0 where NAME is absolute; root with CHROOT */
	__u32 dir2_path; /* the same of NAME2 */
	__u32 data_bytes; /* of the items that follow */
	__u32 pad;
};

enum aod_log_item {
	AOD_LOG_NAME = 1, /* without the NUL */
	AOD_LOG_NAME2 = 2,
	AOD_LOG_ADDRESS = 3, /* struct sockaddr, as many bytes as the kernel has */
	AOD_LOG_ARGV = 4, /* NUL after each argument */
};

/* Flags of data items and of paths. */
enum aod_log_mark {
	AOD_LOG_MARK_ITEM_CUT = 1, /* longer than the limit */
	AOD_LOG_MARK_PATH_CUT = 1,
	AOD_LOG_MARK_PATH_LOOSE = 2, /* below no root: the name is as the kernel has it, like memfd:x, [eventfd] */
};

#define AOD_LOG_ITEM_CUT AOD_LOG_MARK_ITEM_CUT

/* Header of a data item; its bytes follow, then padding to a multiple of 8. */
struct aod_log_data {
	__u16 item; /* enum aod_log_item */
	__u16 flags;
	__u32 bytes;
};

#define AOD_LOG_PATH_IS_CUT AOD_LOG_MARK_PATH_CUT
#define AOD_LOG_PATH_IS_LOOSE AOD_LOG_MARK_PATH_LOOSE

/* A path: `names` names from the leaf to the root, each followed by a NUL, at the end of the struct. */
struct aod_log_path {
	__u16 type; /* AOD_LOG_PATH */
	__u16 cpu;
	__u32 slot;
	__u16 flags; /* AOD_LOG_PATH_IS_CUT */
	__u16 names; /* 0: the root itself */
	__u32 bytes; /* of the names */
};

struct aod_log_gap {
	__u16 type; /* AOD_LOG_GAP */
	__u16 cpu;
	__u32 pad;
	__u64 events; /* that found no room in the ring */
	__u64 first_ns; /* end of the first and of the last of them */
	__u64 last_ns;
};

/* log_gaps: per-CPU array[1]; what is left when the log ends is read from here. */
struct aod_log_gap_state {
	__u64 events; /* not yet told of */
	__u64 first_ns;
	__u64 last_ns;
};

/* log_counters: per-CPU array. seen = emitted + filtered + own + drop_ring_full + drop_scratch. */
enum aod_log_counter {
	AOD_LOG_C_SEEN = 0, /* events of wanted types */
	AOD_LOG_C_EMITTED = 1,
	AOD_LOG_C_FILTERED = 2,
	AOD_LOG_C_OWN = 3, /* of the agent and its descendants */
	AOD_LOG_C_DROP_RING_FULL = 4,
	AOD_LOG_C_DROP_SCRATCH = 5, /* a program was interrupted by itself: no buffer to build in */
	AOD_LOG_C_PATHS = 6, /* path records written */
	AOD_LOG_C_PATHS_LOST = 7,
	AOD_LOG_C_NO_STORAGE = 8, /* no memory for a start: the event lacks its duration, nothing else */
	AOD_LOG_C_COMPAT = 9, /* calls of 32-bit programs, whichever: not decoded, not among seen */
	AOD_LOG_C_GAPS = 10, /* gap records written */
	AOD_LOG_C_COUNT = 11,
};

enum aod_log_filter {
	AOD_LOG_FILTER_PID = 1 << 0, /* log_pids has the thread group */
	AOD_LOG_FILTER_FOLLOW = 1 << 1, /* fork adds the child to log_pids where the parent is in it */
	AOD_LOG_FILTER_UID = 1 << 2,
	AOD_LOG_FILTER_COMM = 1 << 3,
	AOD_LOG_FILTER_CGROUP = 1 << 4, /* log_cgroup[0] is the task's cgroup or above it */
	AOD_LOG_FILTER_PREFIX = 1 << 5,
};

#define AOD_LOG_BURST_PART 16 /* of the ring: more than that is a burst */

/* What wakes the reader. */
enum aod_log_wake {
	AOD_LOG_WAKE_NEVER = 0, /* it does not sleep, or looks by itself soon */
	AOD_LOG_WAKE_AT_EVENT = 1, /* the next event */
	AOD_LOG_WAKE_AT_BURST = 2, /* events that fill a part of the ring; it looks by itself in a while */
};

/*
 * log_config[0], mmapable: what user space may change while it runs. `call` says what a syscall number
 * is (enum aod_log_call), so that the object knows no machine's syscall table.
 */
struct aod_log_config {
	__u8 call[AOD_LOG_SYSCALLS]; /* enum aod_log_call; 0: not looked at */
	__u32 wanted[5]; /* by category: bit (1 << id) set where the type is wanted */
	__u32 filters; /* enum aod_log_filter; all that are set must hold */
	__u32 uid;
	__u32 own_tgid; /* left out together with its descendants; 0: nobody */
	char comm[AOD_LOG_COMM_LEN];
	/* A prefix: a name or path begins with it, or lies below the directory that it names. */
	__u64 prefix_inode; /* 0: it names no directory */
	__u32 prefix_device;
	__u32 prefix_bytes;
	char prefix[AOD_LOG_PREFIX_MAX];
	__u32 reader_waiting; /* enum aod_log_wake, set by the reader before it sleeps; taken by who wakes it */
	__u32 names_generation; /* counts what moves names */
	__u16 paths_generation; /* user space adds 1, then to names_generation: every path is told anew */
	__u16 pad[3];
};

/* How a syscall is spelled: one value per syscall of the table in docs/event-log.md. */
enum aod_log_call {
	AOD_CALL_NONE = 0,
	/* file */
	AOD_CALL_READ, AOD_CALL_PREAD64, AOD_CALL_READV, AOD_CALL_PREADV, AOD_CALL_PREADV2,
	AOD_CALL_WRITE, AOD_CALL_PWRITE64, AOD_CALL_WRITEV, AOD_CALL_PWRITEV, AOD_CALL_PWRITEV2,
	AOD_CALL_OPEN, AOD_CALL_OPENAT, AOD_CALL_OPENAT2, AOD_CALL_CREAT,
	AOD_CALL_MKNOD, AOD_CALL_MKNODAT,
	AOD_CALL_CLOSE, AOD_CALL_CLOSE_RANGE,
	AOD_CALL_UNLINK, AOD_CALL_UNLINKAT, AOD_CALL_RMDIR,
	AOD_CALL_RENAME, AOD_CALL_RENAMEAT, AOD_CALL_RENAMEAT2,
	AOD_CALL_CHMOD, AOD_CALL_FCHMOD, AOD_CALL_FCHMODAT, AOD_CALL_FCHMODAT2,
	AOD_CALL_STAT, AOD_CALL_LSTAT, AOD_CALL_FSTAT, AOD_CALL_NEWFSTATAT, AOD_CALL_STATX,
	AOD_CALL_CHDIR, AOD_CALL_FCHDIR, AOD_CALL_MKDIR, AOD_CALL_MKDIRAT,
	AOD_CALL_DUP, AOD_CALL_DUP2, AOD_CALL_DUP3, AOD_CALL_FCNTL,
	AOD_CALL_TRUNCATE, AOD_CALL_FTRUNCATE,
	AOD_CALL_LINK, AOD_CALL_LINKAT, AOD_CALL_SYMLINK, AOD_CALL_SYMLINKAT,
	/* Not logged: they move or hide names, so cached paths are no longer sure. */
	AOD_CALL_NAMES_CHANGE, /* mount, umount2, move_mount, pivot_root, ... */
	/* process */
	AOD_CALL_EXECVE, AOD_CALL_EXECVEAT,
	AOD_CALL_CLONE, AOD_CALL_CLONE3, AOD_CALL_VFORK,
	AOD_CALL_PIPE, AOD_CALL_PIPE2,
	AOD_CALL_KILL, AOD_CALL_TKILL, AOD_CALL_TGKILL,
	AOD_CALL_PTRACE, AOD_CALL_MMAP, AOD_CALL_MPROTECT,
	/* network */
	AOD_CALL_CONNECT, AOD_CALL_BIND, AOD_CALL_GETPEERNAME,
	AOD_CALL_SENDTO, AOD_CALL_SENDMSG, AOD_CALL_SENDMMSG,
	AOD_CALL_RECVFROM, AOD_CALL_RECVMSG, AOD_CALL_RECVMMSG,
	AOD_CALL_ACCEPT, AOD_CALL_ACCEPT4, AOD_CALL_SOCKETPAIR,
	/* user */
	AOD_CALL_SETGID, AOD_CALL_SETREGID, AOD_CALL_SETRESGID,
	AOD_CALL_SETUID, AOD_CALL_SETREUID, AOD_CALL_SETRESUID,
	AOD_CALL_COUNT,
};

#ifdef __bpf__
/* Never read: describes everything above in the object's BTF, as aod_layout_anchor of events.h does. */
const volatile union {
	enum aod_log_type type;
	enum aod_log_flag flag;
	enum aod_log_item item;
	enum aod_log_counter counter;
	enum aod_log_filter filter;
	enum aod_log_call call;
	enum aod_log_size size;
	enum aod_log_mark mark;
	enum aod_log_wake wake;
	struct aod_log_event event;
	struct aod_log_data data;
	struct aod_log_path path;
	struct aod_log_gap gap;
	struct aod_log_gap_state gap_state;
	struct aod_log_config config;
} aod_log_layout_anchor = {};
#endif

#endif /* AOD_LOG_EVENTS_H */
