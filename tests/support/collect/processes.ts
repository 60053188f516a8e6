/**
 * Lines of /proc/PID/stat and io as the kernel prints them.
 * @module
 */

/** What a line says; the rest is zero. */
export interface ProcessLine {
  pid: number;
  comm?: string;
  state?: string;
  ppid?: number;
  user?: number;
  system?: number;
  threads?: number;
  start?: number;
  rss?: number;
}

/** proc_pid_stat(5). */
export function statLine(of: ProcessLine): string {
  const { pid, comm = "sh", state = "S", ppid = 1, user = 0, system = 0, threads = 1 } = of;
  const { start = 5, rss = 0 } = of;
  return [
    ...[pid, `(${comm})`, state, ppid, 7, 7, 34816, -1, 4194304, 11, 12, 13, 14],
    ...[user, system, 99, 98, 20, 0, threads, 0, start, 1_000_000, rss],
    ...[18446744073709551615n, 1, 1, 0, 0, 0, 0, 0, 65536, 1, 0, 0, 17, 3, 0, 0, 0, 0, 0],
  ].join(" ") + "\n";
}

/** proc_pid_io(5). */
export function ioText(read_bytes: number, write_bytes: number): string {
  return `rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: ${read_bytes}\n` +
    `write_bytes: ${write_bytes}\ncancelled_write_bytes: 9\n`;
}
