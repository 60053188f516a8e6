// SPDX-License-Identifier: MIT
/* launch.c - the command line and environment of Deno, and the execve. */
#define _GNU_SOURCE
#include "aod.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

/* Set by the build, so that both of its ends use the same: a list of --v8-flags. */
#ifndef AOD_V8_FLAGS
#error "AOD_V8_FLAGS is not set"
#endif

static char *const deno_arguments[] = {
	"aod", "run", "--quiet", "--allow-all", "--no-prompt", "--no-config", "--no-lock",
	"--no-remote", "--no-npm", "--cached-only", "--no-check", "--no-code-cache", "--ext=js",
	"--v8-flags=" AOD_V8_FLAGS,
};
#define N_DENO_ARGUMENTS (sizeof(deno_arguments) / sizeof(deno_arguments[0]))

/*
 * Nothing is looked up in the network, and no cache is written: nobody can make a directory in
 * /proc, and Deno then keeps its (here empty) caches in memory. On a terminal it would say so for
 * each of them, above our own first line: that part of its log is off, its errors are not.
 */
static char *const added_environment[] = {
	"DENO_NO_UPDATE_CHECK=1",
	"DENO_DIR=/proc/no-cache",
	"DENO_LOG=error,deno::cache::cache_db=off",
};
#define N_ADDED (sizeof(added_environment) / sizeof(added_environment[0]))

static bool kept(const char *variable)
{
	/* They change what Deno does: flags, certificates, tokens, preloaded modules. */
	return strncmp(variable, "DENO_", 5) != 0 && strncmp(variable, "NODE_", 5) != 0;
}

/* "LD_PRELOAD=" with ours before what the caller wants. main.ts takes ours away for children. */
static char *preload_variable(const char *libgcc)
{
	const char *old = secure_getenv("LD_PRELOAD");
	char *variable;

	if (asprintf(&variable, "LD_PRELOAD=%s%s%s", libgcc, old ? ":" : "", old ? old : "") < 0)
		die("Cannot start");
	return variable;
}

static char **build_environment(const char *libgcc)
{
	size_t n = 0, used = 0;
	char **result;

	while (environ && environ[n])
		n++;
	result = calloc(n + N_ADDED + 2, sizeof(*result));
	if (!result)
		die("Cannot start");
	for (size_t i = 0; i < n; i++)
		if (kept(environ[i]) && !(libgcc && strncmp(environ[i], "LD_PRELOAD=", 11) == 0))
			result[used++] = environ[i];
	for (size_t i = 0; i < N_ADDED; i++)
		result[used++] = added_environment[i];
	if (libgcc)
		result[used++] = preload_variable(libgcc);
	return result;
}

static char **build_arguments(const char *script, char **args)
{
	size_t n = 0, used = 0;
	char **result;

	while (args[n])
		n++;
	result = calloc(N_DENO_ARGUMENTS + 1 + n + 1, sizeof(*result));
	if (!result)
		die("Cannot start");
	for (size_t i = 0; i < N_DENO_ARGUMENTS; i++)
		result[used++] = deno_arguments[i];
	result[used++] = (char *)script;
	for (size_t i = 0; i < n; i++)
		result[used++] = args[i];
	return result;
}

void launch(const char *exe, int fd, const char *script, const char *libgcc, char **args)
{
	char **argv = build_arguments(script, args);
	char **envp = build_environment(libgcc);

	if (exe)
		execve(exe, argv, envp);
	else
		execveat(fd, "", argv, envp, AT_EMPTY_PATH);
	die("Cannot start Deno (aod needs glibc 2.27 or later)");
}
