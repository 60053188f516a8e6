/* SPDX-License-Identifier: MIT */
/* scene_process.c - children of every making, pipes, memory, ptrace. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include "scenes.h"

#define PAGE 4096L

static void grandchildren(struct task *me, long argument)
{
	(void)argument;
	child(me, BY_CLONE3, "grandchild", NULL, 0, 9);
	op_close(me, make_file(me, "of a child", path_of(work, "of a child")));
}

static void children(struct task *me)
{
	child(me, BY_FORK, "by fork", NULL, 0, 0);
	child(me, BY_CLONE, "by clone", NULL, 0, 1);
	child(me, BY_CLONE_PARENT_TID, "15 bytes of it.", NULL, 0, 255);
	child(me, BY_CLONE3, "by clone3", grandchildren, 0, 42);
	child(me, BY_CLONE, "\xff\n\"", NULL, 0, 3);
	op_vfork(me, 5);
	op_clone_fails(me, SYS_clone, CLONE_THREAD, -EINVAL);
	op_clone_fails(me, SYS_clone3, CLONE_SIGHAND, -EINVAL);
}

static void pipes(struct task *me)
{
	int ends[2];

#ifdef SYS_pipe
	ok(op_pipe(me, SYS_pipe, ends, 0));
	op_close_range(me, ends[0], ends[1], 4);
	fails(op_pipe(me, SYS_pipe, NULL, 0), EFAULT);
#endif
	ok(op_pipe(me, SYS_pipe2, ends, O_CLOEXEC | O_NONBLOCK));
	fails(op_pipe(me, SYS_pipe2, ends, 0x4000000), EINVAL);
}

static void memory(struct task *me)
{
	int fd = make_file(me, "mapped", path_of(work, "mapped"));
	long at;

	ok(op_ftruncate(me, fd, 3 * PAGE));
	at = op_mmap(me, 0, 2 * PAGE, PROT_READ, MAP_SHARED, fd, PAGE);
	ok(op_mprotect(me, at, PAGE, PROT_NONE));
	ok(op_mprotect(me, at, PAGE, PROT_READ | PROT_WRITE));
	fails(op_mprotect(me, at + 1, PAGE, PROT_READ), EINVAL);
	fails(op_mprotect(me, 0, PAGE, PROT_READ), ENOMEM);
	must("mmap there", op_mmap(me, at, PAGE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), at);
	fails(op_mmap(me, 0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), EINVAL);
	fails(op_mmap(me, 0, PAGE, PROT_READ, MAP_PRIVATE, 99, 0), EBADF);
	fails(op_mmap(me, 0, PAGE, PROT_READ, MAP_PRIVATE, fd, 1), EINVAL);
	SYS(SYS_munmap, at, 2 * PAGE);
	op_close(me, fd);
}

static void idle(struct task *me, long word)
{
	(void)me;
	wait_while((uint32_t *)word, 0);
}

static void tracing(struct task *me)
{
	uint32_t *word = shared_word();
	int other = child_start(me, BY_FORK, "traced", idle, (long)word, 0);

	/* Under a tracer this one fails: the account has what came of it. */
	if (op_ptrace(me, PTRACE_SEIZE, other, 0, PTRACE_O_TRACEEXIT * 0) == 0)
		fails(op_ptrace(me, PTRACE_PEEKDATA, other, (uintptr_t)&work, (uintptr_t)&other), ESRCH);
	fails(op_ptrace(me, PTRACE_ATTACH, 0x3ffffff0, 0, 0), ESRCH);
	fails(op_ptrace(me, 0x7777, other, 0x123456789abc, 7), ESRCH);
	set_and_wake(word, 1);
	child_wait(other, 0);
}

void scene_process(struct task *me)
{
	children(me);
	pipes(me);
	memory(me);
	tracing(me);
}
