/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * events.h - the only definition of what the kernel side writes and user space reads.
 *
 * The TypeScript layout is generated from the BTF of the built object and compared with it again
 * at load. Everything here is little more than plain old data: no pointers, no bit fields, explicit
 * padding, so that 32-bit lanes line up on every architecture.
 */
#ifndef AOD_EVENTS_H
#define AOD_EVENTS_H

#define AOD_COMM_LEN 16 /* TASK_COMM_LEN, include/linux/sched.h */
#define AOD_NAME_LEN 128 /* file name kept with a request, NUL-terminated UTF-8, cut beyond */
#define AOD_HOST_LEN 64 /* server host name, cut beyond */
#define AOD_UNC_LEN 128 /* \\server\share, cut beyond */
#define AOD_SMB_COMMANDS 32 /* MS-SMB2 2.2.1 has 0x00 to 0x13; the rest is spare */

/* What a record in the SMB ring is. */
enum aod_smb_type {
	AOD_SMB_REQUEST = 1, /* a request ended, or is reported while in flight (AOD_SMB_F_IN_FLIGHT) */
	AOD_SMB_RECONNECT = 2, /* smb3_reconnect, smb3_partial_send_reconnect */
	AOD_SMB_CREDIT = 3, /* smb3_credit_timeout, smb3_insufficient_credits */
	AOD_SMB_OP_ERROR = 4, /* smb3_exit_err with a transport errno: no request carried the failure */
	AOD_SMB_CONNECT_ERROR = 5, /* smb3_connect_err */
};

enum aod_smb_flag {
	AOD_SMB_F_COMPOUNDED = 1 << 0, /* NextCommand != 0 or SMB2_FLAGS_RELATED_OPERATIONS */
	AOD_SMB_F_TREE_VALID = 1 << 1, /* tree_id is a tree id (the field shares a union with the async id) */
	AOD_SMB_F_STATUS_VALID = 1 << 2, /* a response was seen: status is the server's answer */
	AOD_SMB_F_SPLIT_VALID = 1 << 3, /* queue_us, wire_us, wake_us are known (CONFIG_CIFS_STATS2) */
	AOD_SMB_F_BYTES_VALID = 1 << 4,
	AOD_SMB_F_HAS_NAME = 1 << 5, /* struct aod_smb_named follows this layout: a file name is attached */
	AOD_SMB_F_NAME_CUT = 1 << 6,
	AOD_SMB_F_IN_FLIGHT = 1 << 7, /* not ended: latency_ns is the age, end_ns is the time of the report */
	AOD_SMB_F_WAS_REPORTED = 1 << 8, /* ended after an in-flight report: an update, never a new firing */
	AOD_SMB_F_SLOW = 1 << 9, /* latency_ns >= the kernel-side threshold of its command */
	AOD_SMB_F_FAILED = 1 << 10, /* status or error matched the kernel-side code rules */
	AOD_SMB_F_EMERGENCY = 1 << 11, /* latency_ns >= the kernel-side emergency threshold */
	AOD_SMB_F_DROPPED = 1 << 12, /* released without a response: reconnect, cancel, failed compound */
	AOD_SMB_F_RAW_MODE = 1 << 13, /* measured by raw tracepoints alone */
	AOD_SMB_F_INTERIM = 1 << 14, /* an interim STATUS_PENDING response came before the answer */
	AOD_SMB_F_WAITS_BY_DESIGN = 1 << 15, /* CHANGE_NOTIFY, or a LOCK that may block */
};

/*
 * One request, or one of the connection events of enum aod_smb_type (those leave unused fields 0).
 * 120 bytes: with the 8-byte ring header a record is two cache lines.
 */
struct aod_smb_request {
	__u16 type; /* enum aod_smb_type */
	__u16 command; /* MS-SMB2 2.2.1.2 Command */
	__u32 flags; /* enum aod_smb_flag */
	__u64 end_ns; /* CLOCK_MONOTONIC at release (response processed), or time of the event */
	__u64 latency_ns; /* end - start; start is the allocation of the mid in the issuer's context */
	__u64 session_id;
	__u64 message_id; /* for RECONNECT and CREDIT: the connection's current mid */
	__u64 connection_id; /* TCP_Server_Info.conn_id; 0 where not known */
	__u64 cgroup_id; /* of the issuer */
	__u64 request_id; /* unique while the probe is loaded, from 1: ties an in-flight report to its end */
	__u32 tree_id; /* valid with AOD_SMB_F_TREE_VALID */
	__u32 status; /* NTSTATUS (MS-ERREF 2.3), valid with AOD_SMB_F_STATUS_VALID */
	__s32 error; /* negative errno the client derived, 0 for none */
	__u32 bytes; /* READ/WRITE length; for CREDIT: credits available */
	__u32 queue_us; /* mid allocated to sent: locks, send buffer */
	__u32 wire_us; /* sent to received: network and server */
	__u32 wake_us; /* received to released: the issuer's wake-up */
	__u32 pid; /* thread group id of the issuer */
	__u32 tid;
	__u32 uid;
	char comm[AOD_COMM_LEN]; /* of the issuer */
};

/* A request with the file name; used in the ring only when `emit_names` is set, and in the recorder. */
struct aod_smb_named {
	struct aod_smb_request request;
	char name[AOD_NAME_LEN];
};

/*
 * A slot of the flight recorder (smb_recorder: mmapable array, slot = ticket % slots).
 * A writer stores sequence = 2 * ticket + 1, then the record, then 2 * ticket + 2. A reader copies
 * the slot and keeps it only when the sequence was even, not 0, and the same before and after.
 */
struct aod_smb_slot {
	__u64 sequence;
	struct aod_smb_named record;
};

/* smb_servers: connection id -> server. Kept by the kernel, seeded by user space at start. */
struct aod_smb_server {
	char host[AOD_HOST_LEN];
};

/* smb_trees: (session id, tree id) -> share. Kept by smb3_tcon, seeded by user space at start. */
struct aod_smb_tree_key {
	__u64 session_id;
	__u32 tree_id;
	__u32 pad;
};
struct aod_smb_tree {
	char unc[AOD_UNC_LEN];
};

/* smb_rules[0]: what user space may change while it runs (a reload rewrites it). */
struct aod_smb_rules {
	__u64 threshold_ns[AOD_SMB_COMMANDS]; /* ~0: this command is never slow */
	__u64 emergency_ns[AOD_SMB_COMMANDS]; /* ~0: never an emergency, never hung */
	__u32 error_mode; /* enum aod_smb_error_mode */
	__u32 events; /* bit (1 << enum aod_smb_type) set: that connection event is wanted */
	/*
	 * Bit (1 << command) set: requests of it with AOD_SMB_F_WAITS_BY_DESIGN are held against the
	 * thresholds too. Clear: such a request is never slow, an emergency or hung.
	 */
	__u32 waits_tracked;
	__u32 pad;
};

enum aod_smb_error_mode {
	AOD_SMB_ERRORS_NONE = 0,
	AOD_SMB_ERRORS_LISTED = 1, /* only codes in smb_codes with AOD_SMB_CODE_TRACK */
	AOD_SMB_ERRORS_ALL = 2, /* every failure but benign ones, and what smb_codes tracks in addition */
};

/*
 * smb_codes: hash, key = struct aod_smb_code, value = enum aod_smb_code_rule (__u32).
 * Judged in this order: the rule of the NTSTATUS if a response was seen (TRACK: a failure; EXCLUDE,
 * BENIGN: none), then the rule of the errno (TRACK, EXCLUDE), then error_mode ALL and a failure.
 */
enum aod_smb_code_kind { AOD_SMB_CODE_NTSTATUS = 1, AOD_SMB_CODE_ERRNO = 2 };
enum aod_smb_code_rule { AOD_SMB_CODE_TRACK = 1, AOD_SMB_CODE_EXCLUDE = 2, AOD_SMB_CODE_BENIGN = 3 };
struct aod_smb_code {
	__u32 kind; /* enum aod_smb_code_kind */
	__u32 value; /* NTSTATUS, or the positive errno */
};

/*
 * smb_control[0]: mmapable, shared with the reader.
 * Edge-triggered wake: the reader sets reader_waiting before it sleeps; the producer that finds it
 * set clears it and submits with BPF_RB_FORCE_WAKEUP, all others with BPF_RB_NO_WAKEUP.
 * request_wake is the same for the first request after an idle time (the reader then starts to scan
 * what is in flight).
 */
struct aod_smb_control {
	__u32 reader_waiting;
	__u32 request_wake;
	__u64 recorder_next; /* next ticket of the flight recorder */
	__u64 started; /* requests that went in flight */
	__u64 ended; /* requests that left it */
};

/*
 * smb_counters: per-CPU array of __u64, one per entry.
 * Ledger: seen = emitted + filtered + drop_ring_full + no_start. The others explain, they are no
 * part of the sum (a start that found the map full comes back as a no_start).
 */
enum aod_smb_counter {
	AOD_SMB_C_SEEN, /* requests ended plus in-flight reports plus connection events */
	AOD_SMB_C_EMITTED, /* put in the ring */
	AOD_SMB_C_FILTERED, /* not slow, not failed, not wanted */
	AOD_SMB_C_DROP_RING_FULL, /* bpf_ringbuf_reserve failed */
	AOD_SMB_C_NO_START, /* an end without a start: began before the probe, or the in-flight map was full */
	AOD_SMB_C_INFLIGHT_FULL, /* a start that could not be stored */
	AOD_SMB_C_NAME_CUT, /* file name, host or UNC longer than its field */
	AOD_SMB_C_NAME_MISS, /* a handle whose name is not known */
	AOD_SMB_C_RECORDED, /* written to the flight recorder */
	AOD_SMB_C_DUPLICATE, /* done or err twice for one request (6.12) */
	AOD_SMB_C_STALE, /* in-flight entries removed because their end had passed unseen */
	AOD_SMB_C_MAX,
};

#ifdef __bpf__
/*
 * Never read: makes the compiler describe everything above in the object's BTF, from which the
 * TypeScript layout is generated and against which it is checked at load. Enums that are used only
 * as constants would be missing otherwise.
 */
const volatile union {
	enum aod_smb_type type;
	enum aod_smb_flag flag;
	enum aod_smb_error_mode error_mode;
	enum aod_smb_code_kind code_kind;
	enum aod_smb_code_rule code_rule;
	enum aod_smb_counter counter;
	struct aod_smb_slot slot;
	struct aod_smb_server server;
	struct aod_smb_tree_key tree_key;
	struct aod_smb_tree tree;
	struct aod_smb_rules rules;
	struct aod_smb_code code;
	struct aod_smb_control control;
} aod_layout_anchor = {};
#endif

#endif /* AOD_EVENTS_H */
