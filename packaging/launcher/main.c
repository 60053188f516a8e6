// SPDX-License-Identifier: MIT
/* main.c - the launcher: find the payload, unpack it once, become Deno. */
#include "aod.h"

#include <stdio.h>

/* The path of one unpacked file: in the cache directory, or of its descriptor without one. */
static const char *path_of(char *out, size_t size, const struct payload *payload,
			   const char *directory, enum aod_file_index file)
{
	if (directory)
		snprintf(out, size, "%s/%s", directory, payload->files[file].name);
	else
		snprintf(out, size, "/proc/self/fd/%d", AOD_FD_FIRST + (int)file - AOD_MAIN);
	return out;
}

int main(int argc, char **argv)
{
	struct payload payload;
	char cache[AOD_PATH_MAX], exe[AOD_PATH_MAX + 64], script[AOD_PATH_MAX + 64];
	char libgcc[AOD_PATH_MAX + 64];
	const char *directory = NULL, *preload = NULL;
	int deno = -1;

	payload_open(&payload);
	if (cache_find(&payload, cache))
		directory = cache;
	else
		deno = memory_unpack(&payload);
	if (libgcc_missing())
		preload = path_of(libgcc, sizeof(libgcc), &payload, directory, AOD_LIBGCC);
	launch(directory ? path_of(exe, sizeof(exe), &payload, directory, AOD_DENO) : NULL, deno,
	       path_of(script, sizeof(script), &payload, directory, AOD_MAIN), preload,
	       argc > 0 ? argv + 1 : argv);
}
