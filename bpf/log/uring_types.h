/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/uring_types.h - what the kernel has made of an io_uring operation when it is submitted: one struct
 * per kind of operation, at the begin of struct io_kiocb. Some are absent on some kernels; whether they
 * exist is asked first.
 */
#ifndef AOD_LOG_URING_TYPES_H
#define AOD_LOG_URING_TYPES_H

/* include/uapi/linux/io_uring.h: enum io_uring_op */
enum log_uring_op {
	LOG_OP_READV = 1,
	LOG_OP_WRITEV = 2,
	LOG_OP_READ_FIXED = 4,
	LOG_OP_WRITE_FIXED = 5,
	LOG_OP_SENDMSG = 9,
	LOG_OP_RECVMSG = 10,
	LOG_OP_ACCEPT = 13,
	LOG_OP_CONNECT = 16,
	LOG_OP_OPENAT = 18,
	LOG_OP_CLOSE = 19,
	LOG_OP_STATX = 21,
	LOG_OP_READ = 22,
	LOG_OP_WRITE = 23,
	LOG_OP_SEND = 26,
	LOG_OP_RECV = 27,
	LOG_OP_OPENAT2 = 28,
	LOG_OP_RENAMEAT = 35,
	LOG_OP_UNLINKAT = 36,
	LOG_OP_MKDIRAT = 37,
	LOG_OP_SYMLINKAT = 38,
	LOG_OP_LINKAT = 39,
	LOG_OP_SEND_ZC = 47,
	LOG_OP_SENDMSG_ZC = 48,
	LOG_OP_READ_MULTISHOT = 49,
	LOG_OP_FTRUNCATE = 55,
	LOG_OP_BIND = 56,
	LOG_OP_READV_FIXED = 60,
	LOG_OP_WRITEV_FIXED = 61,
};

#define LOG_REQ_FIXED_FILE 1 /* include/linux/io_uring_types.h: REQ_F_FIXED_FILE */
#define LOG_FILE_POINTER (~7ull) /* registered files have flags in the low bits of the pointer */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct io_cmd_data {
	struct file *file;
};

struct io_cqe {
	int fd; /* until the operation is done: what the program gave */
};

/* Until 6.12 */
struct io_fixed_file {
	unsigned long file_ptr;
};

struct io_file_table___array {
	struct io_fixed_file *files;
};

struct io_ring_ctx___array {
	struct io_file_table___array file_table;
	unsigned int nr_user_files;
};

/* Since 6.13 */
struct io_rsrc_node___file {
	unsigned long file_ptr;
};

struct io_rsrc_data___nodes {
	unsigned int nr;
	struct io_rsrc_node___file **nodes;
};

struct io_file_table___nodes {
	struct io_rsrc_data___nodes data;
};

struct io_ring_ctx___nodes {
	struct io_file_table___nodes file_table;
};

struct io_ring_ctx;

struct io_kiocb {
	struct file *file;
	struct io_cmd_data cmd; /* since 6.0, as is cqe */
	__u8 opcode;
	__u64 flags;
	struct io_cqe cqe;
	struct io_ring_ctx *ctx;
	void *async_data;
};

struct filename {
	const char *name;
};

struct open_how {
	__u64 flags;
	__u64 mode;
	__u64 resolve;
};

struct io_open {
	int dfd;
	struct filename *filename;
	struct open_how how;
};

struct io_close {
	int fd;
	__u32 file_slot;
};

struct io_statx {
	int dfd;
	unsigned int mask;
	unsigned int flags;
	struct filename *filename; /* on 5.15 the user's pointer */
};

struct kiocb {
	__s64 ki_pos;
};

struct io_rw {
	struct kiocb kiocb;
	__u64 addr;
	__u64 len;
	int flags;
};

struct io_sr_msg {
	void *umsg;
	__u64 len;
	unsigned int msg_flags;
	void *addr; /* 6.0 to 6.12, as addr_len */
	__u16 addr_len;
};

struct io_accept {
	int flags;
};

struct io_connect {
	void *addr;
	int addr_len;
};

struct io_bind {
	int addr_len;
};

struct __kernel_sockaddr_storage {
	unsigned short ss_family;
};

struct msghdr {
	int msg_namelen;
};

struct io_async_msghdr {
	struct msghdr msg;
	struct __kernel_sockaddr_storage addr;
};

struct io_unlink {
	int dfd;
	int flags;
	struct filename *filename;
};

struct io_rename {
	int old_dfd;
	int new_dfd;
	struct filename *oldpath;
	struct filename *newpath;
	int flags;
};

struct io_mkdir {
	int dfd;
	__u16 mode;
	struct filename *filename;
};

/* Since 6.0 for both kinds of links; before, each has its own. */
struct io_link {
	int old_dfd;
	int new_dfd;
	struct filename *oldpath;
	struct filename *newpath;
	int flags;
};

struct io_hardlink {
	int old_dfd;
	int new_dfd;
	struct filename *oldpath;
	struct filename *newpath;
	int flags;
};

struct io_symlink {
	int new_dfd;
	struct filename *oldpath;
	struct filename *newpath;
};

struct io_ftrunc {
	__s64 len;
};

#pragma clang attribute pop

/* An integer field whose width is not the same on all kernels. */
#define log_read_int(address, type, field) BPF_CORE_READ_BITFIELD_PROBED((type *)(address), field)

#endif /* AOD_LOG_URING_TYPES_H */
