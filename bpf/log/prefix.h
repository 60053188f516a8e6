/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * log/prefix.h - the filter by path prefix. An event passes where the path of its file, or one of its names,
 * begins with the prefix or lies below the directory that it names.
 *
 * A name that is relative goes on where its directory's path ends: with the prefix /srv/data a directory
 * /srv has matched 4 bytes of it, and "data/x" matches the rest. So a path keeps how far it has matched.
 * Names are compared as they are given: "..", "//" and symbolic links in them are not resolved.
 */
#ifndef AOD_LOG_PREFIX_H
#define AOD_LOG_PREFIX_H

#define LOG_PREFIX_MASK (AOD_LOG_PREFIX_MAX - 1)

/* How far the names in log_walks match. A global function: verified once. */
__noinline __u32 log_match_walk(void)
{
	struct aod_log_config *config = log_configuration();
	__u32 zero = 0;
	struct log_walk *walk = bpf_map_lookup_elem(&log_walks, &zero);
	volatile __u32 *level, *at;

	if (!config || !walk)
		return LOG_MATCH_NONE;
	if (walk->below_prefix)
		return LOG_MATCH_ALL;
	level = &walk->match_level;
	at = &walk->match_at;
	*level = walk->record.names;
	*at = 0; /* 0: the slash before a name, else 1 + the place in it */
	for (__u32 i = 0; i < AOD_LOG_PREFIX_MAX; i++) {
		__u32 name, place = *at;
		char expected;

		if (i >= config->prefix_bytes)
			return LOG_MATCH_ALL;
		expected = config->prefix[i & LOG_PREFIX_MASK];
		if (place) {
			name = walk->begin[(*level - 1) & (LOG_BEGINS - 1)];
			if (walk->names[(name + place - 1) & (LOG_NAMES_ROOM - 1)]) {
				if (walk->names[(name + place - 1) & (LOG_NAMES_ROOM - 1)] != expected)
					return LOG_MATCH_NONE;
				*at = place + 1;
				continue;
			}
			*level = *level - 1;
		}
		if (!*level)
			return i;
		if (expected != '/')
			return LOG_MATCH_NONE;
		*at = 1;
	}
	return LOG_MATCH_ALL;
}

/* Whether the string at `begin` in the scratch's data, after `matched` bytes of the prefix, matches the rest. */
__noinline __u32 log_match_name(__u32 begin, __u32 matched, __u32 slash)
{
	struct aod_log_config *config = log_configuration();
	__u32 zero = 0;
	struct log_scratch *s = bpf_map_lookup_elem(&log_scratches, &zero);

	if (!config || !s)
		return 0;
	for (__u32 i = 0; i < AOD_LOG_PREFIX_MAX; i++) {
		char expected, is;

		if (matched + i >= config->prefix_bytes)
			return 1;
		expected = config->prefix[(matched + i) & LOG_PREFIX_MASK];
		is = slash ? (i ? s->data[(begin + i - 1) & LOG_DATA_MASK] : '/') :
			     s->data[(begin + i) & LOG_DATA_MASK];
		if (!is || is != expected)
			return 0;
	}
	return 1;
}

/* How far the path with this number (slot + 1) matches. */
static __always_inline __u32 log_match_of_path(__u32 path)
{
	struct log_path_slot *slot;
	__u32 index = path - 1;

	if (!path)
		return LOG_MATCH_NONE;
	slot = bpf_map_lookup_elem(&log_paths, &index);
	return slot ? slot->match : LOG_MATCH_NONE;
}

/* A name that begins at `begin` in the scratch's data, relative to the directory `dir` (0: absolute). */
static __always_inline int log_name_passes(struct log_scratch *s, __u32 begin, __u32 dir)
{
	__u32 first = s->data[begin & LOG_DATA_MASK], matched = 0;

	if (dir) {
		matched = log_match_of_path(dir);
		if (matched == LOG_MATCH_ALL)
			return 1;
		if (matched == LOG_MATCH_NONE)
			return 0;
	} else if (first != '/') {
		return 0;
	}
	return log_match_name(begin, matched, first != '/');
}

/* An event without a name. */
static __always_inline int log_file_passes(const struct log_file *file)
{
	if (!log_has_prefix)
		return 1;
	if (!file)
		return 0;
	return file->flags & AOD_LOG_F_PATH_LOST || log_match_of_path(file->path) == LOG_MATCH_ALL;
}

/*
 * A path that was kept back, since it does not match, is told after all: another of the event's does. Where
 * it finds no room the event has none: the reader knows another one by that number.
 */
static __always_inline __u32 log_tell_kept(struct aod_log_event *event, __u32 path)
{
	struct log_path_slot *slot;
	__u32 index = path - 1;

	if (!path)
		return 0;
	slot = bpf_map_lookup_elem(&log_paths, &index);
	if (!slot || slot->match != LOG_MATCH_NONE || slot->flags & LOG_PATH_TOLD)
		return path;
	if (log_path_again(index)) {
		slot->flags |= LOG_PATH_TOLD;
		return path;
	}
	event->flags |= AOD_LOG_F_PATH_LOST;
	return 0;
}

/* The event that has been built. Its paths are told where it passes. */
static __always_inline int log_scratch_passes(struct log_scratch *s, const struct log_call *c)
{
	int passes;

	if (!log_has_prefix)
		return 1;
	passes = s->event.flags & AOD_LOG_F_PATH_LOST ||
		 log_match_of_path(s->event.file_path) == LOG_MATCH_ALL;
	if (!passes && s->name)
		passes = log_name_passes(s, s->name, s->event.dir_path);
	if (!passes && s->name2)
		passes = log_name_passes(s, s->name2, s->event.dir2_path);
	if (!passes)
		return 0;
	s->event.file_path = log_tell_kept(&s->event, s->event.file_path);
	s->event.dir_path = log_tell_kept(&s->event, s->event.dir_path);
	s->event.dir2_path = log_tell_kept(&s->event, s->event.dir2_path);
	return 1;
}

#endif /* AOD_LOG_PREFIX_H */
