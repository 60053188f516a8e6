/**
 * Which system calls make which event, as the table of the documentation has it.
 * @module
 */

const X86_ONLY = Deno.build.arch === "x86_64";

function only(old: string): string[] {
  return X86_ONLY ? old.split(" ") : [];
}

/** By event type; null: no system call. */
export const SYSCALL_SPELLINGS: Record<string, (string | null)[]> = {
  create: ["openat", "openat2", "mknodat", ...only("open creat mknod")],
  delete: ["unlinkat", ...only("unlink")],
  rename: ["renameat", "renameat2", ...only("rename")],
  open: ["openat", "openat2", ...only("open creat")],
  chmod: ["fchmod", "fchmodat", "fchmodat2", ...only("chmod")],
  stat: ["fstat", "newfstatat", "statx", ...only("stat lstat")],
  chdir: ["chdir", "fchdir"],
  mkdir: ["mkdirat", ...only("mkdir")],
  rmdir: ["unlinkat", ...only("rmdir")],
  read: ["read", "pread64", "readv", "preadv", "preadv2"],
  write: ["write", "pwrite64", "writev", "pwritev", "pwritev2"],
  dup: ["dup", "dup3", "fcntl", ...only("dup2")],
  close: ["close", "close_range"],
  truncate: ["truncate", "ftruncate"],
  link: ["linkat", ...only("link")],
  symlink: ["symlinkat", ...only("symlink")],
  fork: [null],
  exec: ["execve", "execveat"],
  clone: ["clone", "clone3", ...only("vfork")],
  exit: [null],
  pipe: ["pipe2", ...only("pipe")],
  kill: ["kill", "tkill", "tgkill"],
  ptrace: ["ptrace"],
  mmap: ["mmap"],
  mprotect: ["mprotect"],
  connect: ["connect"],
  send: ["sendto", "sendmsg", "sendmmsg"],
  receive: ["recvfrom", "recvmsg", "recvmmsg"],
  accept: ["accept", "accept4"],
  bind: ["bind"],
  getpeername: ["getpeername"],
  socketpair: ["socketpair"],
  setgid: ["setgid"],
  setregid: ["setregid"],
  setresgid: ["setresgid"],
  setuid: ["setuid"],
  setreuid: ["setreuid"],
  setresuid: ["setresuid"],
};
