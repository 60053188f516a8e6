/* SPDX-License-Identifier: MIT */
/* messages.h - what network.c and messages.c share. */
#ifndef TRUTH_MESSAGES_H
#define TRUTH_MESSAGES_H

#include "network.h"

/* family, port, addr; three nulls where there is none. */
void f_where(struct task *me, const struct where *where);

#endif /* TRUTH_MESSAGES_H */
