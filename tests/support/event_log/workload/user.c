/* SPDX-License-Identifier: MIT */
/* user.c - the six calls that set ids, in a child, as the superuser and as nobody in particular. */
#include "scenes.h"

struct id_call {
	long nr;
	const char *name;
	const char *fields[3];
};

static const struct id_call SETGID = { SYS_setgid, "setgid", { "gid" } };
static const struct id_call SETREGID = { SYS_setregid, "setregid", { "rgid", "egid" } };
static const struct id_call SETRESGID = { SYS_setresgid, "setresgid", { "rgid", "egid", "sgid" } };
static const struct id_call SETUID = { SYS_setuid, "setuid", { "new_uid" } };
static const struct id_call SETREUID = { SYS_setreuid, "setreuid", { "ruid", "euid" } };
static const struct id_call SETRESUID = { SYS_setresuid, "setresuid", { "ruid", "euid", "suid" } };

static void set(struct task *me, const struct id_call *id, int a, int b, int c, long wanted)
{
	int values[3] = { a, b, c };
	struct call call;

	CALL(&call, id->nr, a, b, c);
	must(id->name, call.result, wanted);
	/* The line's uid is that of after the call. */
	me->uid = SYS(SYS_getuid);
	line(me, id->name, id->name, &call);
	for (int i = 0; i < 3 && id->fields[i]; i++)
		f_num(me, id->fields[i], values[i] == -1 ? -1 : (int64_t)(uint32_t)values[i]);
	line_end(me);
}

static void groups(struct task *me, long argument)
{
	(void)argument;
	set(me, &SETGID, 1001, 0, 0, 0);
	set(me, &SETREGID, -1, 1002, 0, 0);
	set(me, &SETREGID, 1003, -1, 0, 0);
	set(me, &SETRESGID, 1004, 1005, 1006, 0);
	set(me, &SETRESGID, -1, -1, -1, 0);
	set(me, &SETRESGID, 0x7ffffffe, -1, -1, 0);
	set(me, &SETGID, -1, 0, 0, -22);
}

static void users(struct task *me, long argument)
{
	(void)argument;
	set(me, &SETREUID, 1001, -1, 0, 0);
	set(me, &SETRESUID, 1002, 0, 0, 0);
	set(me, &SETUID, -1, 0, 0, -22);
	set(me, &SETUID, 1003, 0, 0, 0);
	set(me, &SETUID, 0, 0, 0, -1);
	set(me, &SETREUID, 1003, 4000000000u, 0, -1);
	set(me, &SETRESUID, -1, 5, -1, -1);
	set(me, &SETGID, 77, 0, 0, -1);
	set(me, &SETREGID, 77, 78, 0, -1);
	set(me, &SETRESGID, 77, 78, 79, -1);
}

void scene_user(struct task *me)
{
	child(me, BY_FORK, "groups", groups, 0, 0);
	child(me, BY_FORK, "users", users, 0, 0);
}
