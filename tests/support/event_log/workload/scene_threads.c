/* SPDX-License-Identifier: MIT */
/* scene_threads.c - threads: at work side by side, ending, ended by others. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include "scenes.h"

#define WORKERS 6
#define ROUNDS 60
#define ENDINGS 40

/* All of them write the same file. */
static void worker(struct task *me, long fd)
{
	char name[32], bytes[64] = { 0 };

	snprintf(name, sizeof(name), "none of %d", me->tid);
	for (int i = 0; i < ROUNDS; i++) {
		must("write", op_io(me, SYS_write, fd, bytes, i % 64, 0), i % 64);
		ok(op_io(me, SYS_pread64, fd, bytes, 7, i));
		fails(op_stat(me, SYS_newfstatat, AT_FDCWD, name, 0), ENOENT);
		fails(op_close(me, 100 + i % 20), EBADF);
	}
}

static void side_by_side(struct task *me)
{
	int fd = make_file(me, "shared", path_of(work, "shared"));

	for (int i = 0; i < WORKERS; i++) {
		char comm[16];

		snprintf(comm, sizeof(comm), "worker %d", i);
		/* comm is read when the thread has begun: wait for that. */
		thread_start(me, comm, worker, fd);
		thread_has_begun();
	}
	threads_join();
	op_close(me, fd);
}

/* A thread that is waiting when exit_group ends its process: which one is the last is open. */
static void stays(struct task *me, long word)
{
	exit_line(me, 7 << 8, 120, -1);
	set_and_wake((uint32_t *)word, 1);
	for (;;)
		wait_while((uint32_t *)word, 1);
}

static void leaves_one_behind(struct task *me, long word)
{
	thread_start(me, "stays", stays, word);
	wait_while((uint32_t *)word, 0);
	exit_line(me, 7 << 8, 120, -1);
	SYS(SYS_exit_group, 7);
}

/* The first thread ends before another one. */
static void outlives(struct task *me, long word)
{
	wait_while((uint32_t *)word, 1);
	fails(op_close(me, 77), EBADF);
	exit_line(me, 11 << 8, 120, -1);
	SYS(SYS_exit_group, 11);
}

static void leaves_first(struct task *me, long word)
{
	/* The kernel clears the word, and wakes who waits for it, when the thread has left. */
	*(uint32_t *)word = 1;
	SYS(SYS_set_tid_address, word);
	thread_start(me, "outlives", outlives, word);
	exit_line(me, 2 << 8, 120, -1);
	SYS(SYS_exit, 2);
}

/* Of lower priority than usual. */
static void nice(struct task *me, long argument)
{
	(void)argument;
	must("setpriority", SYS(SYS_setpriority, PRIO_PROCESS, 0, 7), 0);
	exit_line(me, 1 << 8, 127, 1);
	SYS(SYS_exit_group, 1);
}

void scene_threads(struct task *me)
{
	side_by_side(me);
	/* Often, as two threads that end at one moment are a race for who is the last. */
	for (int i = 0; i < ENDINGS; i++)
		child(me, BY_FORK, "leaves another", leaves_one_behind, (long)shared_word(), 7);
	child(me, BY_FORK, "leaves first", leaves_first, (long)shared_word(), 11);
	child(me, BY_CLONE, "nice", nice, 0, 1);
}
