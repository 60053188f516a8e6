/* SPDX-License-Identifier: MIT */
/* processes.h - processes, threads, memory and pipes: one call or one scheduler's event a line. */
#ifndef TRUTH_PROCESSES_H
#define TRUTH_PROCESSES_H

#include "files.h"

typedef void body(struct task *me, long argument);

/* How a child is made. */
enum how { BY_FORK, BY_CLONE, BY_CLONE3, BY_CLONE_PARENT_TID };

/*
 * A child process that runs body and exits with `code`; waits for it. The lines: fork, the clone
 * (none for fork(2)), and the child's own story with its exit.
 */
void child(struct task *me, enum how how, const char *comm, body *run, long argument, int code);
/* The same without waiting; *tid is the child's. */
int child_start(struct task *me, enum how how, const char *comm, body *run, long argument, int code);
/* The same with a story that the parent has as well. */
int child_of(struct task *me, struct task *other, enum how how, const char *comm, body *run,
	     long argument, int code);
/* Waits for a child; gives up unless its status is as wanted. */
void child_wait(int pid, int status);

/* Threads with stacks of their own; `comm` NULL: that of the maker. The thread ends by exit(2). */
int thread_start(struct task *me, const char *comm, body *run, long argument);
/* Waits until the last one started has looked at its arguments. */
void thread_has_begun(void);
/* Waits until the kernel has cleared the ids of all. */
void threads_join(void);

/* vfork, of which the child exits at once. */
void op_vfork(struct task *me, int code);
/* A clone or clone3 that fails. */
void op_clone_fails(struct task *me, long nr, uint64_t flags, long result);

/* Lines about the scheduler's events. */
/* status: as wait(2) gives it */
void exit_line(struct task *me, int status, int priority, int last);
/* One that was not before begun_ns. last: -1 where two threads race for it */
void exit_line_since(struct task *me, int64_t begun_ns, int status, int priority, int last);

/* A successful exec never comes back: its line is written before. */
void op_exec_fails(struct task *me, long nr, int dfd, const char *name, char *const *argv, int flags,
		   long result);
/* What an exec makes of the process, and how the kernel calls it. */
struct became {
	const struct file *program;
	const char *comm;
	const char *name; /* NULL: as given */
	char *const *argv; /* NULL: as given */
	int code; /* that it exits with */
};
void exec_away(struct task *me, long nr, int dfd, const char *name, char *const *argv, int flags,
	       const struct became *became);

long op_pipe(struct task *me, long nr, int *ends, int flags);
long op_kill(struct task *me, long nr, int tgid, int pid, int signal);
long op_ptrace(struct task *me, long request, long pid, uint64_t addr, uint64_t data);
long op_mmap(struct task *me, uint64_t addr, uint64_t length, int protection, int flags, int fd,
	     uint64_t offset);
long op_mprotect(struct task *me, uint64_t start, uint64_t length, int protection);

/* Futexes: waiting that the log does not show. */
void wait_while(uint32_t *word, uint32_t value);
void set_and_wake(uint32_t *word, uint32_t value);
/* A word of memory that forks share; shared_words() is called once, before. */
uint32_t *shared_word(void);
void shared_words(void);

#endif /* TRUTH_PROCESSES_H */
