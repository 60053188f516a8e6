/* SPDX-License-Identifier: MIT */
/* leaf.c - a program without libc that exits with the digit its first argument begins with. */
#include "sys.h"

int64_t now_ns(void)
{
	return 0;
}

__attribute__((used)) static void begin(long *stack)
{
	const char *const *argv = (void *)(stack + 1);
	long arguments = stack[0];

	/* A script's interpreter gets the script's name first, then what the caller passed. */
	SYS(SYS_exit_group, arguments > 1 ? argv[arguments - 1][0] - '0' : 0);
	__builtin_unreachable();
}

#if defined(__x86_64__)
__asm__(".text\n.globl _start\n_start:\nmov %rsp, %rdi\nand $-16, %rsp\ncall begin\nud2\n");
#else
__asm__(".text\n.globl _start\n_start:\nmov x0, sp\nbl begin\nbrk #1\n");
#endif
