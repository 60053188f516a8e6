/* SPDX-License-Identifier: MIT */
/* line.c - one line of a story: JSON, made without allocating and without a system call. */
#include <stdio.h>
#include <string.h>
#include "account.h"

#define PATH_NAMES 48 /* of a path the log has so many names, from the leaf */

static void add(struct task *me, const char *bytes, size_t count)
{
	if (me->length + count > me->room)
		give_up("the account is full", me->length);
	memcpy(me->text + me->length, bytes, count);
	me->length += count;
}

static void add_text(struct task *me, const char *text)
{
	add(me, text, strlen(text));
}

static void add_num(struct task *me, int64_t value)
{
	char digits[24];

	add(me, digits, snprintf(digits, sizeof(digits), "%lld", (long long)value));
}

/* A byte is one character of a JSON string, U+0000 to U+00FF: the reader has the bytes again. */
static void add_string(struct task *me, const char *bytes, size_t count)
{
	add(me, "\"", 1);
	for (size_t i = 0; i < count; i++) {
		unsigned char byte = bytes[i];
		char escape[8];

		if (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\')
			add(me, &bytes[i], 1);
		else
			add(me, escape, snprintf(escape, sizeof(escape), "\\u%04x", byte));
	}
	add(me, "\"", 1);
}

static void add_key(struct task *me, const char *name)
{
	add_text(me, ",\"");
	add_text(me, name);
	add_text(me, "\":");
}

void line(struct task *me, const char *type, const char *syscall, const struct call *call)
{
	add_text(me, "{\"event_type\":\"");
	add_text(me, type);
	add_text(me, "\"");
	if (syscall)
		f_name(me, "syscall", syscall);
	else
		f_null(me, "syscall");
	f_num(me, "tid", me->tid);
	f_num(me, "tgid", me->tgid);
	f_num(me, "parent_pid", me->parent);
	f_num(me, "uid", me->uid);
	f_name(me, "comm", me->comm);
	f_num(me, "begun_ns", call->begun_ns);
	f_num(me, "ended_ns", call->ended_ns);
	if (syscall)
		f_num(me, "result", call->result);
	else
		f_null(me, "result");
	add_text(me, ",\"fields\":{\"\":0");
}

void line_end(struct task *me)
{
	add_text(me, "}}\n");
	me->lines++;
}

void f_num(struct task *me, const char *name, int64_t value)
{
	add_key(me, name);
	add_num(me, value);
}

void f_hex(struct task *me, const char *name, uint64_t value)
{
	char digits[32];

	add_key(me, name);
	add(me, digits, snprintf(digits, sizeof(digits), "\"0x%llx\"", (unsigned long long)value));
}

void f_octal(struct task *me, const char *name, uint32_t value)
{
	char digits[32];

	add_key(me, name);
	add(me, digits, snprintf(digits, sizeof(digits), value ? "\"0%o\"" : "\"%o\"", value));
}

void f_bytes(struct task *me, const char *name, const char *bytes, size_t count)
{
	add_key(me, name);
	add_string(me, bytes, count);
}

void f_name(struct task *me, const char *name, const char *value)
{
	f_bytes(me, name, value, strlen(value));
}

void f_null(struct task *me, const char *name)
{
	add_key(me, name);
	add_text(me, "null");
}

void f_bool(struct task *me, const char *name, int value)
{
	add_key(me, name);
	add_text(me, value ? "true" : "false");
}

void f_true(struct task *me, const char *name)
{
	f_bool(me, name, 1);
}

void f_either(struct task *me, const char *name)
{
	add_key(me, name);
	add_text(me, "{\"either\":true}");
}

void f_pair(struct task *me, const char *name, int first, int second)
{
	add_key(me, name);
	add_text(me, "[");
	add_num(me, first);
	add_text(me, ",");
	add_num(me, second);
	add_text(me, "]");
}

void f_found(struct task *me, const struct file *found)
{
	if (found == NULL) {
		f_null(me, "mode");
		f_null(me, "owner");
		f_null(me, "group");
		return;
	}
	f_octal(me, "mode", found->mode);
	f_num(me, "owner", found->owner);
	f_num(me, "group", found->group);
}

void f_path(struct task *me, const char *key, const char *path, size_t bytes)
{
	size_t begin = bytes;
	int names = 0;

	if (bytes > 0 && path[0] == '/') {
		while (begin > 0 && names < PATH_NAMES)
			if (path[--begin] == '/')
				names++;
		if (begin > 0)
			begin++;
	} else {
		begin = 0;
	}
	f_bytes(me, key, path + begin, bytes - begin);
	/* Twice in one line is once. */
	if (begin > 0)
		f_true(me, "path_cut");
}

void f_file(struct task *me, const struct file *file)
{
	char device[32];

	if (!file->known)
		return;
	f_num(me, "inode", file->inode);
	snprintf(device, sizeof(device), "%u:%u", file->major, file->minor);
	f_name(me, "device", device);
	f_octal(me, "file_mode", file->mode);
	f_num(me, "file_owner", file->owner);
	if (file->path)
		f_path(me, "path", file->path, file->path_bytes);
	if (file->deleted)
		f_true(me, "deleted");
}
