/* SPDX-License-Identifier: MIT */
/* children.c - processes: made, waited for, ended. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include "children.h"

/* In memory that forks share; the first one counts those that are in use. */
static uint32_t *words;

uint32_t *shared_word(void)
{
	uint32_t index = __atomic_add_fetch(&words[0], 1, __ATOMIC_SEQ_CST);

	if (index >= 1024)
		give_up("shared words", index);
	return &words[index];
}

void shared_words(void)
{
	words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (words == MAP_FAILED)
		give_up("mmap of shared words", 0);
}

void wait_while(uint32_t *word, uint32_t value)
{
	while (__atomic_load_n(word, __ATOMIC_SEQ_CST) == value)
		SYS(SYS_futex, word, FUTEX_WAIT, value, 0, 0, 0);
}

void set_and_wake(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_SEQ_CST);
	SYS(SYS_futex, word, FUTEX_WAKE, 64, 0, 0, 0);
}

void exit_line(struct task *me, int status, int priority, int last)
{
	exit_line_since(me, now_ns(), status, priority, last);
}

void exit_line_since(struct task *me, int64_t begun_ns, int status, int priority, int last)
{
	struct call call = { .begun_ns = begun_ns, .ended_ns = -1 };

	line(me, "exit", NULL, &call);
	if (status & 0x7f) {
		f_null(me, "exit_code");
		f_num(me, "exit_signal", status & 0x7f);
		if (status & 0x80)
			f_true(me, "core_dumped");
	} else {
		f_num(me, "exit_code", status >> 8);
	}
	f_num(me, "prio", priority);
	if (last < 0)
		f_either(me, "last_thread");
	else
		f_bool(me, "last_thread", last);
	line_end(me);
}

void fork_line(struct task *me, const struct call *call, int tid, int tgid)
{
	int parent = me->parent;

	/* The line's parent_pid is that of the child. */
	me->parent = me->tgid;
	line(me, "fork", NULL, call);
	me->parent = parent;
	f_num(me, "grandparent_pid", parent);
	f_name(me, "parent_comm", me->comm);
	f_num(me, "child_pid", tid);
	f_num(me, "child_tgid", tgid);
	f_name(me, "child_comm", me->comm);
	line_end(me);
}

void clone_line(struct task *me, const char *spelling, const struct call *call,
		       const struct clone_args *args)
{
	line(me, "clone", spelling, call);
	if (args) {
		f_hex(me, "clone_flags", args->flags);
		f_hex(me, "newsp", args->stack);
		f_hex(me, "parent_tidptr", args->parent_tid);
		f_hex(me, "child_tidptr", args->child_tid);
		f_hex(me, "tls", args->tls);
	}
	line_end(me);
}

static long clone_now(struct call *call, const struct clone_args *args)
{
#if defined(__x86_64__)
	CALL(call, SYS_clone, args->flags, args->stack, args->parent_tid, args->child_tid, args->tls);
#else
	CALL(call, SYS_clone, args->flags, args->stack, args->parent_tid, args->tls, args->child_tid);
#endif
	return call->result;
}

static const char *make_child(struct call *call, enum how how, struct clone_args *args, uint32_t *tid)
{
	switch (how) {
	case BY_FORK:
#ifdef SYS_fork
		CALL(call, SYS_fork);
		return NULL;
#endif
	case BY_CLONE:
		args->flags = SIGCHLD;
		clone_now(call, args);
		return "clone";
	case BY_CLONE_PARENT_TID:
		args->flags = SIGCHLD | CLONE_PARENT_SETTID;
		args->parent_tid = (uintptr_t)tid;
		clone_now(call, args);
		return "clone";
	case BY_CLONE3:
		args->exit_signal = SIGCHLD;
		CALL(call, SYS_clone3, args, sizeof(*args));
		return "clone3";
	}
	give_up("no way to make a child", how);
}

int child_start(struct task *me, enum how how, const char *comm, body *run, long argument, int code)
{
	return child_of(me, account_task(), how, comm, run, argument, code);
}

int child_of(struct task *me, struct task *other, enum how how, const char *comm, body *run,
	     long argument, int code)
{
	struct clone_args args = { 0 };
	const char *spelling;
	struct call call;
	uint32_t tid;

	spelling = make_child(&call, how, &args, &tid);
	if (call.result < 0)
		give_up("making a child", call.result);
	if (call.result == 0) {
		memcpy(other->comm, me->comm, sizeof(other->comm));
		account_me(other, comm);
		if (run)
			run(other, argument);
		exit_line(other, code << 8, 120, 1);
		SYS(SYS_exit_group, code);
	}
	fork_line(me, &call, call.result, call.result);
	if (spelling)
		clone_line(me, spelling, &call, &args);
	return call.result;
}

void child_wait(int pid, int status)
{
	int found = -1;
	long waited = SYS(SYS_wait4, pid, &found, 0, 0);

	must("wait4", waited, pid);
	must("status of a child", found, status);
}

void child(struct task *me, enum how how, const char *comm, body *run, long argument, int code)
{
	child_wait(child_start(me, how, comm, run, argument, code), code << 8);
}

void op_vfork(struct task *me, int code)
{
	/* The child runs on this very stack until it exits: what it does is written before. */
	struct task *other = account_task();
	struct clone_args flags = { 0 };
	struct call call;

	memcpy(other->comm, me->comm, sizeof(other->comm));
#ifdef SYS_vfork
	call.begun_ns = now_ns();
	call.result = sys6(SYS_vfork, 0, 0, 0, 0, 0, 0);
#else
	flags.flags = CLONE_VFORK | CLONE_VM | SIGCHLD;
	call.begun_ns = now_ns();
	call.result = sys6(SYS_clone, flags.flags, 0, 0, 0, 0, 0);
#endif
	if (call.result == 0)
		sys6(SYS_exit_group, code, 0, 0, 0, 0, 0);
	call.ended_ns = now_ns();
	if (call.result < 0)
		give_up("vfork", call.result);
	fork_line(me, &call, call.result, call.result);
#ifdef SYS_vfork
	flags.flags = CLONE_VFORK | CLONE_VM | SIGCHLD;
	clone_line(me, "vfork", &call, &flags);
#else
	clone_line(me, "clone", &call, &flags);
#endif
	other->tid = other->tgid = call.result;
	other->parent = me->tgid;
	other->uid = me->uid;
	exit_line_since(other, call.begun_ns, code << 8, 120, 1);
	child_wait(call.result, code << 8);
}

void op_clone_fails(struct task *me, long nr, uint64_t flags, long result)
{
	struct clone_args args = { .flags = flags };
	struct call call;

	if (nr == SYS_clone3)
		CALL(&call, SYS_clone3, &args, sizeof(args));
	else
		clone_now(&call, &args);
	must("a clone that fails", call.result, result);
	clone_line(me, nr == SYS_clone3 ? "clone3" : "clone", &call, &args);
}
