/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * cifs_types.h - the few kernel types the SMB probe looks into, written by hand.
 *
 * Only the fields that are read, in any order: libbpf relocates each access against the BTF of the
 * running kernel and its cifs module (CO-RE), so no vmlinux.h of one kernel is built in. Fields that
 * some kernels lack are asked for with bpf_core_field_exists() first.
 *
 * What travels on the wire needs no relocation: struct smb2_wire is MS-SMB2 itself (little endian,
 * as are all machines this is built for).
 */
#ifndef AOD_CIFS_TYPES_H
#define AOD_CIFS_TYPES_H

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

struct refcount_struct {
	atomic_t refs;
};

struct kref {
	struct refcount_struct refcount;
};

struct kvec {
	void *iov_base;
	unsigned long iov_len;
};

struct smb_rqst {
	struct kvec *rq_iov;
	unsigned int rq_nvec;
};

struct TCP_Server_Info {
	__u64 conn_id;
	char *hostname;
};

struct mid_q_entry {
	struct kref refcount;
	struct TCP_Server_Info *server;
	__u64 mid;
	unsigned long when_alloc;
	unsigned long when_sent; /* CONFIG_CIFS_STATS2 */
	unsigned long when_received; /* CONFIG_CIFS_STATS2 */
	void *resp_buf;
	int mid_state;
	unsigned int mid_flags;
};

/*
 * A mid as it is just now, for programs that have no typed pointer to it: one read of all costs what
 * three reads of a field do. 152 bytes in 6.1 and 6.12; fields behind the end of this have the value 0.
 */
#define MID_COPY_BYTES 192
struct mid_copy {
	__u64 words[MID_COPY_BYTES / 8];
};

static __always_inline long copy_mid(struct mid_copy *copy, const struct mid_q_entry *mid)
{
	__u32 size = bpf_core_type_size(struct mid_q_entry);

	return bpf_probe_read_kernel(copy, size < MID_COPY_BYTES ? size : MID_COPY_BYTES, mid);
}

/* The field of a copy, by where it is in the kernel's struct. */
#define MID_FIELD(copy, field)                                                                      \
	({                                                                                          \
		__u32 at = bpf_core_field_offset(struct mid_q_entry, field);                        \
		at <= MID_COPY_BYTES - 8 ?                                                          \
			*(typeof(((struct mid_q_entry *)0)->field) *)((void *)(copy) + at) :        \
			0;                                                                          \
	})

/* Kernels after 6.16 have single bits in place of mid_flags. */
struct mid_q_entry___bits {
	_Bool wait_cancelled : 1;
};

struct cred {
	struct {
		__u32 val;
	} uid;
};

struct task_struct {
	int pid;
	int tgid;
	const struct cred *cred;
};

#pragma clang attribute pop

/* fs/smb/client/cifsglob.h: mid_state, mid_flags */
#define MID_FREE 0
#define MID_RETRY_NEEDED 8
#define MID_RESPONSE_MALFORMED 0x10
#define MID_SHUTDOWN 0x20
#define MID_WAIT_CANCELLED 1

/* MS-SMB2 2.2.1.2 Command */
#define SMB2_NEGOTIATE 0x00
#define SMB2_SESSION_SETUP 0x01
#define SMB2_LOGOFF 0x02
#define SMB2_TREE_CONNECT 0x03
#define SMB2_CREATE 0x05
#define SMB2_CLOSE 0x06
#define SMB2_FLUSH 0x07
#define SMB2_READ 0x08
#define SMB2_WRITE 0x09
#define SMB2_LOCK 0x0a
#define SMB2_IOCTL 0x0b
#define SMB2_ECHO 0x0d
#define SMB2_QUERY_DIRECTORY 0x0e
#define SMB2_CHANGE_NOTIFY 0x0f
#define SMB2_QUERY_INFO 0x10
#define SMB2_SET_INFO 0x11

/* MS-SMB2 2.2.1: ProtocolId (0xFE 'S' 'M' 'B') and Flags */
#define SMB2_PROTOCOL_ID 0x424d53fe
#define SMB2_FLAGS_SERVER_TO_REDIR 0x1
#define SMB2_FLAGS_ASYNC_COMMAND 0x2
#define SMB2_FLAGS_RELATED_OPERATIONS 0x4

/* MS-SMB2 2.2.26.1 SMB2_LOCK_ELEMENT: Flags, and where they are */
#define SMB2_LOCKFLAG_UNLOCK 0x4
#define SMB2_LOCKFLAG_FAIL_IMMEDIATELY 0x10
#define SMB2_LOCK_ELEMENT_FLAGS 16

/* MS-SMB2 2.2.14: FileId in a CREATE response, from the start of the header */
#define SMB2_CREATE_RSP_FILE_ID 128

/* A FileId of all ones in a related request: the handle of the CREATE before it (3.2.4.1.4). */
#define SMB2_RELATED_FILE_ID (~0ull)

#define STATUS_SUCCESS 0x00000000u

struct smb2_file_id {
	__u64 persistent;
	__u64 volatile_id;
};

/* MS-SMB2 2.2.1: the header, and as much of a request's fixed part as is looked at. */
struct smb2_wire {
	__u32 protocol_id;
	__u16 structure_size;
	__u16 credit_charge;
	__u32 status; /* of a response; a request has channel sequence here */
	__u16 command;
	__u16 credits;
	__u32 flags;
	__u32 next_command;
	__u64 message_id;
	__u32 process_id;
	__u32 tree_id; /* with the field before it the async id, if flagged so */
	__u64 session_id;
	__u8 signature[16];
	/* offset 64: the fixed part */
	union {
		struct {
			__u16 structure_size;
			__u16 flags;
			__u16 path_offset;
			__u16 path_length;
		} tree_connect; /* 2.2.9 */
		struct {
			__u8 other[46];
			__u16 name_length;
		} create; /* 2.2.13 */
		struct {
			__u32 other;
			__u32 length;
		} io; /* 2.2.19 READ, 2.2.21 WRITE */
		struct {
			__u64 other[1];
			struct smb2_file_id id;
		} file_at_72; /* CLOSE, FLUSH, LOCK, IOCTL, QUERY_DIRECTORY, CHANGE_NOTIFY */
		struct {
			__u64 other[2];
			struct smb2_file_id id;
		} file_at_80; /* READ, WRITE, SET_INFO */
		struct {
			__u64 other[3];
			struct smb2_file_id id;
		} file_at_88; /* QUERY_INFO */
	};
};

/* The header of a response alone. */
struct smb2_wire_header {
	__u32 protocol_id;
	__u16 structure_size;
	__u16 credit_charge;
	__u32 status;
	__u16 command;
	__u16 credits;
	__u32 flags;
	__u32 next_command;
	__u64 message_id;
	__u32 process_id;
	__u32 tree_id;
	__u64 session_id;
};

#endif /* AOD_CIFS_TYPES_H */
