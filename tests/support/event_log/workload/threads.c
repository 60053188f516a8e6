/* SPDX-License-Identifier: MIT */
/* threads.c - threads without libc's: their stacks, their beginning and their end. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <linux/sched.h>
#include <string.h>
#include "children.h"

#define STACK (64 << 10)
#define THREADS 16
#define THREAD_FLAGS                                                                       \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | \
	 CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

static char stacks[THREADS][STACK] __attribute__((aligned(16)));
static uint32_t thread_ids[THREADS];
static int threads, has_begun;

/* Top of a new thread's stack. */
struct birth {
	void (*begin)(struct birth *);
	struct birth *self;
	struct task *me;
	const char *comm;
	body *run;
	long argument;
};

static void thread_begin(struct birth *birth)
{
	struct task *me = birth->me;

	account_me(me, birth->comm);
	__atomic_store_n(&has_begun, 1, __ATOMIC_SEQ_CST);
	birth->run(me, birth->argument);
	exit_line(me, 0, 120, 0);
	SYS(SYS_exit, 0);
}

/* clone(2) whose child calls the function that its stack begins with. */
long truth_clone(uint64_t flags, void *stack, uint32_t *parent_tid, uint32_t *child_tid);
#if defined(__x86_64__)
__asm__(".text\n.globl truth_clone\ntruth_clone:\n"
	"mov %rcx, %r10\nxor %r8d, %r8d\nmov $56, %eax\nsyscall\n"
	"test %rax, %rax\njz 1f\nret\n"
	"1: xor %ebp, %ebp\npop %rax\npop %rdi\ncall *%rax\nud2\n");
#else
__asm__(".text\n.globl truth_clone\ntruth_clone:\n"
	"mov x4, x3\nmov x3, #0\nmov x8, #220\nsvc 0\n"
	"cbz x0, 1f\nret\n"
	"1: ldp x9, x0, [sp], #16\nblr x9\nbrk #1\n");
#endif

int thread_start(struct task *me, const char *comm, body *run, long argument)
{
	int index = threads++;
	char *top = stacks[index] + STACK - sizeof(struct birth);
	struct birth *birth = (void *)((uintptr_t)top & ~15UL);
	struct clone_args args = { .flags = THREAD_FLAGS };
	struct task *other = account_task();
	struct call call;

	if (index >= THREADS)
		give_up("too many threads of a process", index);
	memcpy(other->comm, me->comm, sizeof(other->comm));
	*birth = (struct birth){ thread_begin, birth, other, comm, run, argument };
	args.stack = (uintptr_t)birth;
	args.parent_tid = args.child_tid = (uintptr_t)&thread_ids[index];
	has_begun = 0;
	call.begun_ns = now_ns();
	call.result = truth_clone(args.flags, birth, &thread_ids[index], &thread_ids[index]);
	call.ended_ns = now_ns();
	if (call.result < 0)
		give_up("making a thread", call.result);
	fork_line(me, &call, call.result, me->tgid);
	clone_line(me, "clone", &call, &args);
	return call.result;
}

void thread_has_begun(void)
{
	while (!__atomic_load_n(&has_begun, __ATOMIC_SEQ_CST))
		SYS(SYS_sched_yield);
}

void threads_join(void)
{
	for (int i = 0; i < threads; i++)
		for (uint32_t tid; (tid = __atomic_load_n(&thread_ids[i], __ATOMIC_SEQ_CST)) != 0;)
			SYS(SYS_futex, &thread_ids[i], FUTEX_WAIT, tid, 0, 0, 0);
	threads = 0;
}
