/* SPDX-License-Identifier: MIT */
/* exec.c - execve and execveat, and the other calls on processes. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include "processes.h"

/* The line's argv: each argument followed by a NUL, as many bytes as the log keeps. */
#define ARGV_KEPT 4096

static void argv_field(struct task *me, char *const *argv)
{
	static char bytes[1 << 16];
	size_t used = 0;

	for (int i = 0; argv && argv[i]; i++) {
		size_t length = strlen(argv[i]) + 1;

		if (used + length > sizeof(bytes))
			give_up("argv too long", used);
		memcpy(bytes + used, argv[i], length);
		used += length;
	}
	f_bytes(me, "argv", bytes, used > ARGV_KEPT ? ARGV_KEPT : used);
	if (used > ARGV_KEPT)
		f_true(me, "argv_cut");
}

static void exec_fields(struct task *me, long nr, int old_tid, int dfd, const char *name,
			char *const *argv, int flags)
{
	f_num(me, "old_pid", old_tid);
	f_path_argument(me, "filename", "dir", nr == SYS_execveat ? dfd : AT_FDCWD, name);
	f_num(me, "fd", nr == SYS_execveat ? dfd : -1);
	f_hex(me, "flags", flags);
	argv_field(me, argv);
}

static const char *exec_spelling(long nr)
{
	return nr == SYS_execveat ? "execveat" : "execve";
}

void op_exec_fails(struct task *me, long nr, int dfd, const char *name, char *const *argv, int flags,
		   long result)
{
	char *const environment[] = { NULL };
	struct call call;

	if (nr == SYS_execveat)
		CALL(&call, SYS_execveat, dfd, name, argv, environment, flags);
	else
		CALL(&call, SYS_execve, name, argv, environment);
	must("an exec that fails", call.result, result);
	line(me, "exec", exec_spelling(nr), &call);
	exec_fields(me, nr, me->tid, dfd, name, argv, flags);
	line_end(me);
}

void exec_away(struct task *me, long nr, int dfd, const char *name, char *const *argv, int flags,
	       const struct became *became)
{
	char *const environment[] = { NULL };
	struct call call = { .begun_ns = now_ns(), .ended_ns = -1 };
	int old_tid = me->tid;

	/* A thread that execs becomes the process: it has its id afterwards. */
	me->tid = me->tgid;
	memset(me->comm, 0, sizeof(me->comm));
	strncpy(me->comm, became->comm, sizeof(me->comm) - 1);
	line(me, "exec", exec_spelling(nr), &call);
	exec_fields(me, nr, old_tid, dfd, became->name ? became->name : name,
		    became->argv ? became->argv : argv, flags);
	f_file(me, became->program);
	line_end(me);
	exit_line(me, became->code << 8, 120, 1);
	if (nr == SYS_execveat)
		call.result = SYS(SYS_execveat, dfd, name, argv, environment, flags);
	else
		call.result = SYS(SYS_execve, name, argv, environment);
	give_up("exec", call.result);
}

long op_pipe(struct task *me, long nr, int *ends, int flags)
{
	struct call call;

#ifdef SYS_pipe
	if (nr == SYS_pipe)
		CALL(&call, SYS_pipe, ends);
	else
#endif
		CALL(&call, SYS_pipe2, ends, flags);
	line(me, "pipe", nr == SYS_pipe2 ? "pipe2" : "pipe", &call);
	if (call.result == 0)
		f_pair(me, "fildes", ends[0], ends[1]);
	else
		f_null(me, "fildes");
	f_hex(me, "flags", flags);
	line_end(me);
	return call.result;
}

long op_kill(struct task *me, long nr, int tgid, int pid, int signal)
{
	struct call call;

	if (nr == SYS_kill)
		CALL(&call, SYS_kill, pid, signal);
	else if (nr == SYS_tkill)
		CALL(&call, SYS_tkill, pid, signal);
	else
		CALL(&call, SYS_tgkill, tgid, pid, signal);
	line(me, "kill", nr == SYS_kill ? "kill" : nr == SYS_tkill ? "tkill" : "tgkill", &call);
	f_num(me, "target_pid", pid);
	f_num(me, "sig", signal);
	if (nr == SYS_tgkill)
		f_num(me, "target_tgid", tgid);
	line_end(me);
	return call.result;
}

long op_ptrace(struct task *me, long request, long pid, uint64_t addr, uint64_t data)
{
	struct call call;

	CALL(&call, SYS_ptrace, request, pid, addr, data);
	line(me, "ptrace", "ptrace", &call);
	f_num(me, "request", request);
	f_num(me, "target_pid", pid);
	f_hex(me, "addr", addr);
	f_hex(me, "data", data);
	line_end(me);
	return call.result;
}

long op_mmap(struct task *me, uint64_t addr, uint64_t length, int protection, int flags, int fd,
	     uint64_t offset)
{
	struct call call;

	CALL(&call, SYS_mmap, addr, length, protection, flags, fd, offset);
	line(me, "mmap", "mmap", &call);
	f_hex(me, "addr", addr);
	f_num(me, "len", length);
	f_hex(me, "prot", protection);
	f_hex(me, "flags", flags);
	f_num(me, "fd", fd);
	f_num(me, "off", offset);
	f_descriptor(me, fd);
	line_end(me);
	return call.result;
}

long op_mprotect(struct task *me, uint64_t start, uint64_t length, int protection)
{
	struct call call;

	CALL(&call, SYS_mprotect, start, length, protection);
	line(me, "mprotect", "mprotect", &call);
	f_hex(me, "start", start);
	f_num(me, "len", length);
	f_hex(me, "prot", protection);
	line_end(me);
	return call.result;
}
