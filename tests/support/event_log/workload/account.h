/* SPDX-License-Identifier: MIT */
/*
 * account.h - what the workload says that it did: one JSON line per action, kept in shared memory and
 * written at the end. Nothing here makes a system call that the log shows.
 */
#ifndef TRUTH_ACCOUNT_H
#define TRUTH_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>
#include "sys.h"

/* A thread's own story. In shared memory: what a child has done outlives it. */
struct task {
	char *text;
	size_t length, room;
	int tid, tgid, parent;
	uint32_t uid;
	char comm[16];
	int lines;
};

/* A call between its start and the line about it. */
struct call {
	int64_t begun_ns, ended_ns;
	long result;
};

/* What a descriptor or a name refers to. */
struct file {
	int known;
	uint64_t inode;
	uint32_t major, minor, mode, owner, group;
	const char *path;
	size_t path_bytes;
	int deleted;
};

/* Maps the arenas; once, before anything else. */
void account_begin(void);
/* A story for the calling thread, or for one that is about to begin (it then calls account_me). */
struct task *account_task(void);
void account_me(struct task *me, const char *comm);
/* What is true of the whole run; before the first line. */
void account_header(void);
/* Writes all stories to fd, after the header. */
void account_write(int fd);

/* CALL(&c, SYS_x, ...): makes the call and measures it. */
#define CALL(call, ...)                              \
	do {                                         \
		(call)->begun_ns = now_ns();         \
		(call)->result = SYS(__VA_ARGS__);   \
		(call)->ended_ns = now_ns();         \
	} while (0)

/* A line: open it, add fields, close it. syscall NULL: the event is no call. */
void line(struct task *me, const char *type, const char *syscall, const struct call *call);
void line_end(struct task *me);
void f_num(struct task *me, const char *name, int64_t value);
void f_hex(struct task *me, const char *name, uint64_t value);
void f_octal(struct task *me, const char *name, uint32_t value);
void f_bytes(struct task *me, const char *name, const char *bytes, size_t count);
void f_name(struct task *me, const char *name, const char *value);
void f_null(struct task *me, const char *name);
void f_bool(struct task *me, const char *name, int value);
void f_true(struct task *me, const char *name);
/* A truth value that two threads race for: exactly one of a process has it. */
void f_either(struct task *me, const char *name);
void f_pair(struct task *me, const char *name, int first, int second);
/* What stat(2) told; NULL: nothing. */
void f_found(struct task *me, const struct file *found);
/* A path as the log has it: of more than 48 names the last 48 are kept, and that is marked. */
void f_path(struct task *me, const char *key, const char *path, size_t bytes);
void f_file(struct task *me, const struct file *file);

/* Ends the program with a message: what follows would be no test. */
void give_up(const char *what, long result) __attribute__((noreturn));
/* Gives up unless the call's result is as it must be: the workload knows what it does. */
void must(const char *what, long result, long wanted);

#endif /* TRUTH_ACCOUNT_H */
