/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * workload.h - a program that makes known calls tells what the log must say of them: one JSON object a
 * line for each event, in the order of its thread. Everything is kept in memory until the end, so that
 * telling it makes no events in between.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char told[1 << 20];
static size_t told_bytes;

__attribute__((format(printf, 1, 2))) static void tell(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	told_bytes += vsnprintf(told + told_bytes, sizeof(told) - told_bytes, format, arguments);
	va_end(arguments);
	if (told_bytes >= sizeof(told))
		abort();
}

/* One event of thread `tid`. `result` is -errno where the call failed. */
static void expect_of(int tid, const char *type, const char *call, long long result, int args, ...)
{
	va_list list;

	tell("%s{\"tid\":%d,\"type\":\"%s\",\"call\":\"%s\",\"result\":\"%lld\",\"args\":[",
	     told_bytes ? "}\n" : "", tid, type, call, result);
	va_start(list, args);
	for (int i = 0; i < args; i++)
		tell("%s\"%lld\"", i ? "," : "", va_arg(list, long long));
	va_end(list);
	tell("]");
}

/* All arguments must be long long. */
#define expect(...) expect_of((int)syscall(SYS_gettid), __VA_ARGS__)

/* Bytes of an item of the event told last. */
static void with(const char *item, const void *bytes, size_t length)
{
	tell(",\"%s\":\"", item);
	for (size_t i = 0; i < length; i++)
		tell("%02x", ((const unsigned char *)bytes)[i]);
	tell("\"");
}

static void with_text(const char *item, const char *text)
{
	with(item, text, strlen(text));
}

/* A flag (enum aod_log_flag) that the event told last must have. */
static void with_flag(const char *flag)
{
	tell(",\"%s\":true", flag);
}

static void with_number(const char *name, long long number)
{
	tell(",\"%s\":\"%lld\"", name, number);
}

/* What a libc call came to, as the kernel said it. */
static long long outcome(long long value)
{
	return value < 0 ? -errno : value;
}

static void finish(void)
{
	size_t done = 0;

	tell("}\n");
	while (done < told_bytes) {
		ssize_t n = write(1, told + done, told_bytes - done);

		if (n < 0)
			exit(1);
		done += n;
	}
}

/* Waits for the word to begin: the log must know of this process first. */
static void begin(void)
{
	char word;

	if (read(0, &word, 1) != 1)
		exit(1);
}

/* The step that cannot go wrong has gone wrong. */
static void must(int good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(1);
}

#endif /* WORKLOAD_H */
