/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * compat.c - a 32-bit program without a library: renames a directory where it is there, makes a link of no
 * name, whose number is that of mmap in the 64-bit table, kills itself with signal 0, becomes /bin/true.
 */
static int call(int number, int a, int b, int c)
{
	int result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
	return result;
}

void _start(void)
{
	static const char *const argv[] = { "true", "from 32 bits", 0 };

	/* arch/x86/entry/syscalls/syscall_32.tbl: rename 38, link 9, getpid 20, kill 37, execve 11, exit 1 */
	call(38, (int)"before", (int)"after", 0);
	call(9, (int)"", (int)"", 0);
	call(37, call(20, 0, 0, 0), 0, 0);
	call(11, (int)"/bin/true", (int)argv, 0);
	call(1, 1, 0, 0);
}
