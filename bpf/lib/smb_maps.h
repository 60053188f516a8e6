/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * smb_maps.h - maps and parameters of the SMB probe.
 *
 * Parameters in rodata are frozen at load; what a reload may change is in smb_rules and smb_codes.
 * The sizes given here are defaults: user space sets those of the ring, the recorder and
 * the in-flight map before the load (both ring and recorder: powers of two).
 */
#ifndef AOD_SMB_MAPS_H
#define AOD_SMB_MAPS_H

/* Names in ring records too (128 bytes more each); the recorder always has them. */
const volatile __u8 emit_names = 0;
/* Slots of smb_recorder minus 1. */
const volatile __u32 recorder_mask = 0xfff;
/* Whether the processes of smb_excluded, and what they start, are left out. */
const volatile __u8 leave_out_lineage = 0;

/*
 * smb_in_flight: one entry per request between its start and its end.
 *
 * With fentry the key is the address of the mid_q_entry, the only thing that tells requests apart
 * for certain: (session id, message id) repeats across connections of a multichannel session, and
 * is (0, n) for NEGOTIATE, ECHO and the first SESSION_SETUP of every connection. With raw tracepoints
 * there is nothing better than that pair.
 */
struct smb_in_flight_key {
	__u64 mid_or_session;
	__u64 message_id; /* 0 with fentry */
};

enum smb_in_flight_state {
	SMB_READY = 1 << 0, /* filled in: the scan may look */
	SMB_REPORTED = 1 << 1, /* the scan has put it in the ring */
	SMB_ENDED = 1 << 2,
	SMB_IGNORED = 1 << 3, /* of the agent itself: recorded, never reported */
	SMB_SHORT_LIVED = 1 << 4, /* a CREATE whose handle is closed in the same compound */
};

struct smb_in_flight {
	__u32 state; /* enum smb_in_flight_state; changed by atomic or */
	__u32 name_end; /* bytes of named.name written so far */
	__u64 start_ns;
	__u64 server; /* address of the TCP_Server_Info */
	struct smb2_file_id file;
	struct aod_smb_named named; /* as far as it is known; last: src/probe/smb/pending.ts counts from the end */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct smb_in_flight_key);
	__type(value, struct smb_in_flight);
} smb_in_flight SEC(".maps");

/*
 * Where a request is made up before it goes into smb_in_flight, whole. A program that is interrupted by
 * itself on a CPU is left out by the kernel: nobody else writes here meanwhile.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct smb_in_flight);
} smb_new SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} smb_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct aod_smb_slot);
} smb_recorder SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct aod_smb_control);
} smb_control SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct aod_smb_rules);
} smb_rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct aod_smb_code);
	__type(value, __u32);
} smb_codes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 512);
	__type(key, __u64);
	__type(value, struct aod_smb_server);
} smb_servers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct aod_smb_tree_key);
	__type(value, struct aod_smb_tree);
} smb_trees SEC(".maps");

/* Open handles: what CREATE was asked to open. LRU, because a lost CLOSE must not leak. */
struct smb_file_key {
	__u64 session_id;
	struct smb2_file_id id;
};

struct smb_file {
	__u32 flags; /* AOD_SMB_F_HAS_NAME, AOD_SMB_F_NAME_CUT */
	__u32 pad;
	char name[AOD_NAME_LEN];
} __attribute__((aligned(8))); /* a name is copied by words */

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct smb_file_key);
	__type(value, struct smb_file);
} smb_files SEC(".maps");

/*
 * By thread id: the last CREATE that had related requests behind it. It is in flight as long as
 * they are: all mids of a compound are allocated before the first one is sent.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 512);
	__type(key, __u32);
	__type(value, struct smb_in_flight_key);
} smb_compounds SEC(".maps");

/*
 * What a status was mapped to, by the tracepoint, for requests whose end sees only the response.
 * It is a hash by ids that may repeat; command and status in the key keep it from mattering.
 */
struct smb_error_key {
	__u64 session_id;
	__u64 message_id;
	__u32 command;
	__u32 status;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct smb_error_key);
	__type(value, __s32);
} smb_errors SEC(".maps");

/* By thread id: when its last failed request was counted. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} smb_thread_failures SEC(".maps");

/* Processes of the agent's lineage (thread group ids), kept by fork and exit. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u8);
} smb_excluded SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, AOD_SMB_C_MAX);
	__type(key, __u32);
	__type(value, __u64);
} smb_counters SEC(".maps");

#endif /* AOD_SMB_MAPS_H */
