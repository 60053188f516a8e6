/* SPDX-License-Identifier: MIT */
/* children.h - what children.c and threads.c share. */
#ifndef TRUTH_CHILDREN_H
#define TRUTH_CHILDREN_H

#include <linux/sched.h>
#include "processes.h"

void fork_line(struct task *me, const struct call *call, int tid, int tgid);
void clone_line(struct task *me, const char *spelling, const struct call *call,
		const struct clone_args *args);

#endif /* TRUTH_CHILDREN_H */
