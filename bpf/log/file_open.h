/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/* log/file_open.h - open, openat, openat2 and creat: a create where they made the file, else an open. */
#ifndef AOD_LOG_FILE_OPEN_H
#define AOD_LOG_FILE_OPEN_H

/* include/uapi/asm-generic/fcntl.h */
#define LOG_O_WRONLY 01
#define LOG_O_CREAT 0100
#define LOG_O_TRUNC 01000
#define LOG_O_TMPFILE_BIT 020000000
/* include/linux/fs.h: (1 << 20) since Linux 4.19 */
#define LOG_FMODE_CREATED 0x100000

struct log_open_how { /* include/uapi/linux/openat2.h */
	__u64 flags;
	__u64 mode;
	__u64 resolve;
};

struct log_open {
	__s64 dfd;
	__u64 name;
	struct log_open_how how;
	__u32 lost; /* the struct open_how could not be read */
};

static __always_inline void log_open_args(struct log_open *o, const struct log_call *c)
{
	o->dfd = LOG_AT_FDCWD;
	o->how.resolve = 0;
	o->lost = 0;
	switch (c->call) {
	case AOD_CALL_OPEN:
		o->name = log_arg0(c);
		o->how.flags = (__u32)log_arg1(c);
		o->how.mode = (__u32)log_arg2(c);
		break;
	case AOD_CALL_CREAT:
		o->name = log_arg0(c);
		o->how.flags = LOG_O_CREAT | LOG_O_WRONLY | LOG_O_TRUNC;
		o->how.mode = (__u32)log_arg1(c);
		break;
	case AOD_CALL_OPENAT:
		o->dfd = log_int(log_arg0(c));
		o->name = log_arg1(c);
		o->how.flags = (__u32)log_arg2(c);
		o->how.mode = (__u32)log_arg3(c);
		break;
	default:
		o->dfd = log_int(log_arg0(c));
		o->name = log_arg1(c);
		if (bpf_probe_read_user(&o->how, sizeof(o->how), (const void *)log_arg2(c))) {
			__builtin_memset(&o->how, 0, sizeof(o->how));
			o->lost = 1;
		}
	}
	/* Without a file to make, the register holds whatever was in it. */
	if (c->call != AOD_CALL_OPENAT2) {
		if (!(o->how.flags & (LOG_O_CREAT | LOG_O_TMPFILE_BIT)))
			o->how.mode = 0;
		o->how.mode &= 0177777;
	}
}

static __always_inline void log_set_open(struct aod_log_event *event, const struct log_open *o,
					 const struct log_file *file)
{
	log_set_file(event, file);
	event->args[0] = o->dfd;
	event->args[1] = o->how.flags;
	event->args[2] = o->how.mode;
	event->args[4] = o->how.resolve;
	if (o->lost)
		event->flags |= AOD_LOG_F_NAME_LOST;
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(log_open, struct pt_regs *regs, long result)
{
	__u32 type = AOD_LOG_OPEN, size, dir;
	struct aod_log_event *event;
	struct log_short_name name;
	struct log_scratch *s;
	struct log_file file;
	struct log_call c;
	struct log_open o;
	__u64 opened;

	if (!log_call_begin(&c, regs, result))
		return 0;
	opened = result >= 0 ? log_fd(&c, result) : 0;
	if (opened && log_read(opened, struct file, f_mode) & LOG_FMODE_CREATED)
		type = AOD_LOG_CREATE;
	if (!log_admit(&c, type))
		return 0;
	log_open_args(&o, &c);
	log_file_of(&file, &c, opened);
	size = log_read_short(&name, o.name);
	if (size) {
		dir = log_dir_of_short(&c, &name, o.dfd, &file.flags);
		event = log_reserve_short(&c, type, &name, size);
		if (!event)
			return 0;
		log_set_open(event, &o, &file);
		event->dir_path = dir;
		log_submit(event, &c);
		return 0;
	}
	s = log_build(&c, type);
	if (!s)
		return 0;
	log_set_open(&s->event, &o, &file);
	log_set_dir(s, &c, log_add_user_name(s, AOD_LOG_NAME, (const char *)o.name), o.dfd);
	log_finish(s, &c);
	return 0;
}

#endif /* AOD_LOG_FILE_OPEN_H */
