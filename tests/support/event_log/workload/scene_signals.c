/* SPDX-License-Identifier: MIT */
/* scene_signals.c - signals sent, calls that they interrupt, processes that they end. */
#define _GNU_SOURCE
#include <signal.h>
#include <time.h>
#include "scenes.h"

#define NOBODY 0x3ffffff0

static void idle(struct task *me, long word)
{
	(void)me;
	set_and_wake((uint32_t *)word, 1);
	for (;;)
		wait_while((uint32_t *)word, 1);
}

/* A child that a signal ends: what its exit is like is known when it has been waited for. */
static void end_by(struct task *me, long nr, int signal)
{
	struct task *victim = account_task();
	uint32_t *word = shared_word();
	int other = child_of(me, victim, BY_CLONE, "victim", idle, (long)word, 0);
	int status = -1;

	/* It has said who it is. */
	wait_while(word, 0);
	ok(op_kill(me, nr, other, other, signal));
	must("wait4", SYS(SYS_wait4, other, &status, 0, 0), other);
	/* There may be a core dump. */
	must("the signal of a child", status & 0x7f, signal);
	exit_line_since(victim, 0, status, 120, 1);
}

static void nothing(int signal)
{
	(void)signal;
}

static void install(int signal)
{
	struct sigaction action = { .sa_handler = nothing };

	if (sigaction(signal, &action, NULL) != 0)
		give_up("sigaction", signal);
}

static void reader(struct task *me, long fd)
{
	op_read_interrupted(me, fd);
}

/* A read that waits until a signal comes; the signal is sent again until it has found it waiting. */
static void interrupted(struct task *me)
{
	int ends[2], other, status = -1;
	struct timespec pause = { 0, 20000000 };

	ok(op_pipe(me, SYS_pipe2, ends, 0));
	for (int i = 0; i < 2; i++) {
		place.fds[ends[i]] = (struct file){ 0 };
		op_fstat(me, ends[i]);
	}
	install(SIGUSR1);
	other = child_start(me, BY_FORK, "interrupted", reader, ends[0], 0);
	SYS(SYS_nanosleep, &pause, 0);
	while (SYS(SYS_wait4, other, &status, 1 /* WNOHANG */, 0) == 0) {
		op_kill(me, SYS_kill, 0, other, SIGUSR1);
		SYS(SYS_nanosleep, &pause, 0);
	}
	must("status of a reader", status, 0);
	op_close(me, ends[0]);
	op_close(me, ends[1]);
}

void scene_signals(struct task *me)
{
	ok(op_kill(me, SYS_kill, 0, me->tgid, 0));
	ok(op_kill(me, SYS_tkill, 0, me->tid, 0));
	ok(op_kill(me, SYS_tgkill, me->tgid, me->tid, 0));
	fails(op_kill(me, SYS_kill, 0, NOBODY, SIGTERM), ESRCH);
	fails(op_kill(me, SYS_kill, 0, me->tgid, 65), EINVAL);
	fails(op_kill(me, SYS_tkill, 0, NOBODY, SIGTERM), ESRCH);
	fails(op_kill(me, SYS_tkill, 0, -1, SIGTERM), EINVAL);
	fails(op_kill(me, SYS_tgkill, 1, me->tid, 0), ESRCH);
	end_by(me, SYS_kill, SIGKILL);
	end_by(me, SYS_tkill, SIGTERM);
	end_by(me, SYS_tgkill, SIGSEGV);
	interrupted(me);
}
