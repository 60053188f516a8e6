/* SPDX-License-Identifier: MIT */
/* scenes.h - what the workload does, one part after another, each in a directory of its own. */
#ifndef TRUTH_SCENES_H
#define TRUTH_SCENES_H

#include <errno.h>
#include "files.h"
#include "processes.h"

/* The directory that everything happens in; it is the current one when a scene begins. */
extern const char *work;

/* Gives up where the call did not go as the scene means it to. */
#define ok(result) scene_ok(__FILE__, __LINE__, result)
#define fails(result, error) scene_fails(__FILE__, __LINE__, result, error)
long scene_ok(const char *file, int line_number, long result);
void scene_fails(const char *file, int line_number, long result, int error);

void scene_open(struct task *me);
void scene_io(struct task *me);
void scene_names(struct task *me);
void scene_stat(struct task *me);
void scene_bytes(struct task *me); /* names of every kind */
void scene_places(struct task *me); /* chroot, removed directories, renamed ones */
void scene_process(struct task *me);
void scene_exec(struct task *me);
/* Once, before the log begins: asks the kernel how it calls a program that has no name. */
void exec_learn(const char *program);
void scene_threads(struct task *me);
void scene_signals(struct task *me);
void scene_network(struct task *me);
void scene_messages(struct task *me);
void scene_user(struct task *me);

/* open(2) in this machine's spelling where it does not matter. */
long make_file(struct task *me, const char *name, const char *path);

#endif /* TRUTH_SCENES_H */
