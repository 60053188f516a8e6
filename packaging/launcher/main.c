// SPDX-License-Identifier: MIT
/* main.c - the launcher: find the payload, unpack it once, become Deno. */
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

int main(int argc, char **argv)
{
	struct payload payload;
	char directory[AOD_PATH_MAX];
	char exe[AOD_PATH_MAX + 64], script[AOD_PATH_MAX + 64];
	char **args = argc > 0 ? argv + 1 : argv;

	payload_open(&payload);
	if (cache_find(&payload, directory)) {
		snprintf(exe, sizeof(exe), "%s/%s", directory, payload.files[0].name);
		snprintf(script, sizeof(script), "%s/%s", directory, payload.files[1].name);
		launch(exe, -1, script, args);
	}
	snprintf(script, sizeof(script), "/proc/self/fd/%d", AOD_FD_FIRST);
	launch(NULL, memory_unpack(&payload), script, args);
}
