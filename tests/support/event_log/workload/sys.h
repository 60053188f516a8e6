/* SPDX-License-Identifier: MIT */
/*
 * sys.h - system calls without libc: the spelling is the one that is written, the result is the
 * kernel's (negative errno), and nothing is shared between threads (libc's errno would be).
 */
#ifndef TRUTH_SYS_H
#define TRUTH_SYS_H

#include <stdint.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
static inline __attribute__((always_inline)) long sys6(long nr, long a, long b, long c, long d,
						       long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
static inline __attribute__((always_inline)) long sys6(long nr, long a, long b, long c, long d,
						       long e, long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}
#else
#error "unknown machine"
#endif

#define ARG(x) ((long)(x))
#define SYS_PICK(_1, _2, _3, _4, _5, _6, _7, name, ...) name
#define SYS0(n) sys6(n, 0, 0, 0, 0, 0, 0)
#define SYS1(n, a) sys6(n, ARG(a), 0, 0, 0, 0, 0)
#define SYS2(n, a, b) sys6(n, ARG(a), ARG(b), 0, 0, 0, 0)
#define SYS3(n, a, b, c) sys6(n, ARG(a), ARG(b), ARG(c), 0, 0, 0)
#define SYS4(n, a, b, c, d) sys6(n, ARG(a), ARG(b), ARG(c), ARG(d), 0, 0)
#define SYS5(n, a, b, c, d, e) sys6(n, ARG(a), ARG(b), ARG(c), ARG(d), ARG(e), 0)
#define SYS6(n, a, b, c, d, e, f) sys6(n, ARG(a), ARG(b), ARG(c), ARG(d), ARG(e), ARG(f))
#define SYS(...) SYS_PICK(__VA_ARGS__, SYS6, SYS5, SYS4, SYS3, SYS2, SYS1, SYS0)(__VA_ARGS__)

/* CLOCK_MONOTONIC through the vdso: no system call. */
int64_t now_ns(void);

#endif /* TRUTH_SYS_H */
