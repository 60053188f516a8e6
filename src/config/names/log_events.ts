/**
 * The names of the kernel event log's types, by category, in the order of their event ids. The table
 * with their fields is src/probe/event_log/event_types.ts; a test holds one against the other.
 * @module
 */

/** Every event type by category. */
export const LOG_EVENT_NAMES = {
  file: [
    "create",
    "delete",
    "rename",
    "open",
    "chmod",
    "stat",
    "chdir",
    "mkdir",
    "rmdir",
    "read",
    "write",
    "dup",
    "close",
    "truncate",
    "link",
    "symlink",
  ],
  process: ["fork", "exec", "clone", "exit", "pipe", "kill", "ptrace", "mmap", "mprotect"],
  network: ["connect", "send", "receive", "accept", "bind", "getpeername", "socketpair"],
  user: ["setgid", "setregid", "setresgid", "setuid", "setreuid", "setresuid"],
} as const;

/** The categories. */
export const LOG_CATEGORY_NAMES = Object.keys(
  LOG_EVENT_NAMES,
) as (keyof typeof LOG_EVENT_NAMES)[];

/** Every event type, by category and event id. */
export const ALL_LOG_EVENTS: readonly string[] = Object.values(LOG_EVENT_NAMES).flat();

/** The types that a word of the file stands for: `all`, a category, or one type; empty for none. */
export function logEventsOf(word: string): readonly string[] {
  const name = word.toLowerCase();
  if (name === "all") return ALL_LOG_EVENTS;
  const category = LOG_CATEGORY_NAMES.find((known) => known === name);
  if (category !== undefined) return LOG_EVENT_NAMES[category];
  return ALL_LOG_EVENTS.includes(name) ? [name] : [];
}
