/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * uring.c - operations submitted to io_uring, one at a time and with known arguments; argument: a
 * directory of its own. It speaks to the kernel itself: no library is needed. Ends with 77 where
 * io_uring cannot be had.
 */
#include "workload.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

typedef long long ll;
#define NOT_HERE 77
#define AT_REMOVEDIR_FLAG 0x200
#include "uring_ring.h"

static char path[4096], other[4096];
static const char *directory;

static const char *in(char *buffer, const char *name)
{
	snprintf(buffer, 4096, "%s/%s", directory, name);
	return buffer;
}

static void files(void)
{
	struct open_how how = { .flags = O_RDWR | O_CREAT, .mode = 0640, .resolve = RESOLVE_NO_SYMLINKS };
	struct statx found;
	struct iovec vectors[2] = { { "abc", 3 }, { "defgh", 5 } };
	char data[64], data2[64];
	struct iovec into[2] = { { data, 10 }, { data2, 20 } }, fixed = { data, sizeof(data) };
	int fd, fd2, dir;
	ll inode;

	dir = open(directory, O_RDONLY | O_DIRECTORY);
	must(dir >= 0, directory);
	fd = run(SQE(OPENAT, .fd = AT_FDCWD, PTR(in(path, "a \xff")), .open_flags = O_RDWR | O_CREAT | O_TRUNC, .len = 0604));
	must(fd >= 0, "OPENAT");
	expect_op("OPEN", IORING_OP_OPENAT, 3, AT_FDCWD, O_RDWR | O_CREAT | O_TRUNC, 0604, 0, 0, 0);
	with_text("name", path);
	must(run(SQE(OPENAT, .fd = dir, PTR("absent"), .open_flags = O_RDONLY)) == -ENOENT, "OPENAT");
	expect_op("OPEN", IORING_OP_OPENAT, 3, dir, O_RDONLY, 0, 0, 0, 0);
	with_text("name", "absent");
	with_text("dir", directory);
	fd2 = run(SQE(OPENAT2, .fd = dir, PTR("b"), .off = (unsigned long)&how, .len = sizeof(how)));
	must(fd2 >= 0, "OPENAT2");
	expect_op("OPEN", IORING_OP_OPENAT2, 5, dir, O_RDWR | O_CREAT, 0640, 0, RESOLVE_NO_SYMLINKS, 0);
	with_text("name", "b");
	with_text("dir", directory);
	must(run(SQE(STATX, .fd = dir, PTR("b"), .len = STATX_ALL, .off = (unsigned long)&found)) == 0, "STATX");
	expect_op("STAT", IORING_OP_STATX, 3, dir, 0, STATX_ALL, 0, 0, 0);
	with_text("name", "b");
	inode = found.stx_ino;

	must(run(SQE(WRITE, .fd = fd2, PTR("hello"), .len = 5)) == 5, "WRITE");
	expect_op("WRITE", IORING_OP_WRITE, 5, fd2, 5, 0, 0, 0, 0);
	with_number("inode", inode);
	with_text("path", in(path, "b"));
	must(run(SQE(WRITEV, .fd = fd2, PTR(vectors), .len = 2, .off = 7, .rw_flags = RWF_DSYNC)) == 8, "WRITEV");
	expect_op("WRITE", IORING_OP_WRITEV, 5, fd2, 8, 7, 2, RWF_DSYNC, 0);
	with_number("inode", inode);
	must(run(SQE(READ, .fd = fd2, PTR(data), .len = 64, .off = 2)) == 13, "READ");
	expect_op("READ", IORING_OP_READ, 5, fd2, 64, 2, 0, 0, 0);
	with_number("inode", inode);
	must(run(SQE(READV, .fd = fd2, PTR(into), .len = 2, .off = -1)) == 15, "READV");
	expect_op("READ", IORING_OP_READV, 5, fd2, 30, -1, 2, 0, 0);
	with_number("inode", inode);
	must(!syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_BUFFERS, &fixed, 1), "buffers");
	must(run(SQE(READ_FIXED, .fd = fd2, PTR(data), .len = 33)) == 15, "READ_FIXED");
	expect_op("READ", IORING_OP_READ_FIXED, 5, fd2, 33, 0, 0, 0, 0);
	with_number("inode", inode);
	must(run(SQE(WRITE_FIXED, .fd = fd2, PTR(data), .len = 3)) == 3, "WRITE_FIXED");
	expect_op("WRITE", IORING_OP_WRITE_FIXED, 5, fd2, 3, 0, 0, 0, 0);
	with_number("inode", inode);
	must(run(SQE(READ, .fd = 999, PTR(data), .len = 64)) == -EBADF, "READ");
	expect_op("READ", IORING_OP_READ, 5, 999, 64, 0, 0, 0, 0);
	if (supported(OP_FTRUNCATE)) {
		must(run((struct io_uring_sqe){ .opcode = OP_FTRUNCATE, .fd = fd2, .off = 3 }) == 0, "FTRUNCATE");
		expect_op("TRUNCATE", OP_FTRUNCATE, 2, fd2, 3, 0, 0, 0, 0);
		with_number("inode", inode);
	}

	/* A file of the ring's own table: the number is an index in it. */
	must(!syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, (int[]){ fd, fd2 }, 2), "files");
	must(run(SQE(READ, .fd = 1, .flags = IOSQE_FIXED_FILE, PTR(data), .len = 2)) == 2, "READ of a fixed file");
	expect_op("READ", IORING_OP_READ, 5, 1, 2, 0, 0, 0, 0);
	with_flag("FIXED_FILE");
	with_number("inode", inode);

	must(run(SQE(LINKAT, .fd = dir, PTR("b"), .len = AT_FDCWD, .addr2 = (unsigned long)in(other, "c"))) == 0, "LINKAT");
	expect_op("LINK", IORING_OP_LINKAT, 3, dir, AT_FDCWD, 0, 0, 0, 0);
	with_text("name", "b");
	with_text("name2", other);
	must(run(SQE(SYMLINKAT, .fd = dir, PTR("where to"), .addr2 = (unsigned long)"d")) == 0, "SYMLINKAT");
	expect_op("SYMLINK", IORING_OP_SYMLINKAT, 2, 0, dir, 0, 0, 0, 0);
	with_text("name", "where to");
	with_text("name2", "d");
	must(run(SQE(RENAMEAT, .fd = dir, PTR("c"), .len = dir, .addr2 = (unsigned long)"e", .rename_flags = 1)) == 0,
	     "RENAMEAT");
	expect_op("RENAME", IORING_OP_RENAMEAT, 3, dir, dir, 1, 0, 0, 0);
	with_text("name", "c");
	with_text("name2", "e");
	must(run(SQE(MKDIRAT, .fd = dir, PTR("f"), .len = 0711)) == 0, "MKDIRAT");
	expect_op("MKDIR", IORING_OP_MKDIRAT, 2, dir, 0711, 0, 0, 0, 0);
	with_text("name", "f");
	must(run(SQE(UNLINKAT, .fd = dir, PTR("f"), .unlink_flags = AT_REMOVEDIR_FLAG)) == 0, "UNLINKAT");
	expect_op("RMDIR", IORING_OP_UNLINKAT, 2, dir, AT_REMOVEDIR_FLAG, 0, 0, 0, 0);
	with_text("name", "f");
	must(run(SQE(UNLINKAT, .fd = dir, PTR("e"))) == 0, "UNLINKAT");
	expect_op("DELETE", IORING_OP_UNLINKAT, 2, dir, 0, 0, 0, 0, 0);
	with_text("name", "e");
	must(run(SQE(CLOSE, .fd = fd2)) == 0, "CLOSE");
	expect_op("CLOSE", IORING_OP_CLOSE, 2, fd2, fd2, 0, 0, 0, 0);
	with_number("inode", inode);
}

/* A directory that io_uring moves: the path of what lies in it is another one afterwards. */
static void moved_directory(void)
{
	char data[8];
	int fd;

	must(!mkdir(in(path, "before"), 0755), path);
	fd = open(in(path, "before/file"), O_RDWR | O_CREAT, 0600);
	must(fd >= 0, path);
	must(run(SQE(READ, .fd = fd, PTR(data), .len = 8)) == 0, "READ");
	expect_op("READ", IORING_OP_READ, 5, fd, 8, 0, 0, 0, 0);
	with_text("path", path);
	must(run(SQE(RENAMEAT, .fd = AT_FDCWD, PTR(in(path, "before")), .len = AT_FDCWD,
		     .addr2 = (unsigned long)in(other, "after"))) == 0, "RENAMEAT");
	expect_op("RENAME", IORING_OP_RENAMEAT, 3, AT_FDCWD, AT_FDCWD, 0, 0, 0, 0);
	with_text("name", path);
	with_text("name2", other);
	must(run(SQE(READ, .fd = fd, PTR(data), .len = 8)) == 0, "READ");
	expect_op("READ", IORING_OP_READ, 5, fd, 8, 0, 0, 0, 0);
	with_text("path", in(path, "after/file"));
}

static void network(void)
{
	struct sockaddr_in name = { .sin_family = AF_INET }, client_name, peer;
	socklen_t length = sizeof(name);
	char data[64];
	struct iovec vectors[2] = { { "abc", 3 }, { "defgh", 5 } }, into = { data, 64 };
	struct msghdr message = { .msg_iov = vectors, .msg_iovlen = 2 };
	struct msghdr room = { .msg_iov = &into, .msg_iovlen = 1 };
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), server;

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (supported(OP_BIND)) {
		must(run((struct io_uring_sqe){ .opcode = OP_BIND, .fd = listener, PTR(&name), .addr2 = length }) == 0, "BIND");
		expect_op("BIND", OP_BIND, 2, listener, length, 0, 0, 0, 0);
		with("address", &name, length);
	} else {
		must(!bind(listener, (void *)&name, length), "bind");
		expect("BIND", "BIND", 0LL, 2, (ll)listener, (ll)length);
		with("address", &name, length);
	}
	must(!listen(listener, 5) && !getsockname(listener, (void *)&name, &length), "listen");
	must(run(SQE(CONNECT, .fd = client, PTR(&name), .off = length)) == 0, "CONNECT");
	expect_op("CONNECT", IORING_OP_CONNECT, 2, client, length, 0, 0, 0, 0);
	with("address", &name, length);
	must(!getsockname(client, (void *)&client_name, &length), "getsockname");
	server = run(SQE(ACCEPT, .fd = listener, PTR(&peer), .addr2 = (unsigned long)&length, .accept_flags = SOCK_CLOEXEC));
	must(server >= 0, "ACCEPT");
	expect_op("ACCEPT", IORING_OP_ACCEPT, 3, listener, 0, SOCK_CLOEXEC, 0, 0, 0);
	must(run(SQE(SEND, .fd = client, PTR("hello"), .len = 5, .msg_flags = MSG_DONTWAIT)) == 5, "SEND");
	expect_op("SEND", IORING_OP_SEND, 6, client, 5, MSG_DONTWAIT, 0, 0, 0);
	with("address", &name, length);
	with_flag("PEER");
	must(run(SQE(RECV, .fd = server, PTR(data), .len = 64, .msg_flags = 0)) == 5, "RECV");
	expect_op("RECEIVE", IORING_OP_RECV, 6, server, 64, 0, 0, 0, 0);
	with("address", &client_name, length);
	with_flag("PEER");
	must(run(SQE(SENDMSG, .fd = client, PTR(&message), .len = 1)) == 8, "SENDMSG");
	expect_op("SEND", IORING_OP_SENDMSG, 6, client, 8, 0, 0, 0, 0);
	with("address", &name, length);
	with_flag("PEER");
	must(run(SQE(RECVMSG, .fd = server, PTR(&room), .len = 1)) == 8, "RECVMSG");
	expect_op("RECEIVE", IORING_OP_RECVMSG, 6, server, 64, 0, 0, 0, 0);
	with("address", &client_name, length);
	with_flag("PEER");
	client = socket(AF_INET, SOCK_DGRAM, 0);
	message.msg_name = &name;
	message.msg_namelen = length;
	must(run(SQE(SENDMSG, .fd = client, PTR(&message), .len = 1)) == 8, "SENDMSG");
	expect_op("SEND", IORING_OP_SENDMSG, 6, client, 8, 0, length, 0, 0);
	with("address", &name, length);
}

/* The kernel's thread submits for the program: the events are of that thread, in this process. */
static void submission_thread(void)
{
	char data[8];
	int fd = open("/dev/zero", O_RDONLY);

	set_up(IORING_SETUP_SQPOLL);
	must(fd >= 0 && run(SQE(READ, .fd = fd, PTR(data), .len = 8)) == 8, "READ by the submission thread");
	expect_op("READ", IORING_OP_READ, 5, fd, 8, 0, 0, 0, 0);
	with_text("path", "/dev/zero");
}

int main(int argc, char **argv)
{
	must(argc == 2, "one argument");
	begin();
	directory = argv[1];
	set_up(0);
	files();
	moved_directory();
	network();
	submission_thread();
	finish();
	return 0;
}
