/* SPDX-License-Identifier: MIT */
/* account.c - the stories: see account.h. */
#include <stdio.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>
#include "account.h"

#define TASKS 256
#define ROOM (1 << 20)

struct account {
	int64_t wall_offset_ns;
	uint64_t cgroup_id;
	int tasks;
	struct task task[TASKS];
};

static struct account *account;
static char *arena;

int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

void give_up(const char *what, long result)
{
	dprintf(2, "workload: %s: %ld\n", what, result);
	SYS(SYS_kill, 0, 9);
	_exit(99);
}

void must(const char *what, long result, long wanted)
{
	if (result != wanted)
		give_up(what, result);
}

void account_begin(void)
{
	int how = MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE;

	account = mmap(NULL, sizeof(*account), PROT_READ | PROT_WRITE, how, -1, 0);
	arena = mmap(NULL, (size_t)TASKS * ROOM, PROT_READ | PROT_WRITE, how, -1, 0);
	if (account == MAP_FAILED || arena == MAP_FAILED)
		give_up("mmap of the account", 0);
}

/* The id of the cgroup v2 of this process, which is its directory's inode; 0 where there is none. */
static uint64_t cgroup_id(void)
{
	static const char *const MOUNTS[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	char line_of[512], path[600];
	struct statfs system;
	struct stat found;
	uint64_t id = 0;
	FILE *file = fopen("/proc/self/cgroup", "r");

	while (file && fgets(line_of, sizeof(line_of), file)) {
		line_of[strcspn(line_of, "\n")] = 0;
		for (int i = 0; i < 2 && strncmp(line_of, "0::", 3) == 0; i++) {
			snprintf(path, sizeof(path), "%s%s", MOUNTS[i], line_of + 3);
			if (statfs(path, &system) == 0 && system.f_type == CGROUP2_SUPER_MAGIC &&
			    stat(path, &found) == 0)
				id = found.st_ino;
		}
	}
	if (file)
		fclose(file);
	return id;
}

void account_header(void)
{
	struct timespec wall, monotonic;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_MONOTONIC, &monotonic);
	account->wall_offset_ns = (wall.tv_sec - monotonic.tv_sec) * 1000000000LL;
	account->wall_offset_ns += wall.tv_nsec - monotonic.tv_nsec;
	account->cgroup_id = cgroup_id();
}

struct task *account_task(void)
{
	int index = __atomic_fetch_add(&account->tasks, 1, __ATOMIC_SEQ_CST);
	struct task *me;

	if (index >= TASKS)
		give_up("too many threads", index);
	me = &account->task[index];
	me->text = arena + (size_t)index * ROOM;
	me->room = ROOM;
	return me;
}

void account_me(struct task *me, const char *comm)
{
	me->tid = SYS(SYS_gettid);
	me->tgid = SYS(SYS_getpid);
	me->parent = SYS(SYS_getppid);
	me->uid = SYS(SYS_getuid);
	if (comm == NULL)
		return;
	strncpy(me->comm, comm, sizeof(me->comm) - 1);
	SYS(SYS_prctl, PR_SET_NAME, comm);
}

void account_write(int fd)
{
	dprintf(fd, "{\"wall_offset_ns\":\"%lld\",\"cgroup_id\":%llu,\"tgid\":%d}\n",
		(long long)account->wall_offset_ns, (unsigned long long)account->cgroup_id,
		account->task[0].tgid);
	for (int i = 0; i < account->tasks; i++) {
		const struct task *task = &account->task[i];

		for (size_t at = 0; at < task->length;) {
			ssize_t wrote = write(fd, task->text + at, task->length - at);

			if (wrote <= 0)
				give_up("write of the account", wrote);
			at += wrote;
		}
	}
}
