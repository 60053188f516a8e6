// SPDX-License-Identifier: MIT
/* say.c - one line on stderr, and the end where nothing else is left. */
#include "aod.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say(const char *format, va_list args, int error)
{
	fputs("aod: ", stderr);
	vfprintf(stderr, format, args);
	if (error)
		fprintf(stderr, ": because %s", strerror(error));
	fputc('\n', stderr);
}

void die(const char *format, ...)
{
	int error = errno;
	va_list args;

	va_start(args, format);
	say(format, args, error);
	va_end(args);
	exit(1);
}

void warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args, 0);
	va_end(args);
}
