# The same sweep by psutil: a line "N" on stdin is N sweeps, answered by "CPU_NS PROCESSES".
import sys
import time

import psutil


def sweep():
    psutil.cpu_times(percpu=False)
    psutil.cpu_times(percpu=True)
    psutil.cpu_stats()
    psutil.getloadavg()
    psutil.virtual_memory()
    psutil.swap_memory()
    psutil.disk_io_counters(perdisk=True)
    psutil.net_io_counters(pernic=True)
    rows = []
    for process in psutil.process_iter():
        try:
            with process.oneshot():
                times = process.cpu_times()
                name = process.name()
                threads = process.num_threads()
                memory = process.memory_info().rss
        except psutil.Error:
            continue
        rows.append((process, times.user + times.system, memory, name, threads))
    top = sorted(rows, key=lambda row: row[1])[-10:] + sorted(rows, key=lambda row: row[2])[-10:]
    for process, *_ in top:
        try:
            process.io_counters()
        except psutil.Error:
            pass
    return len(rows)


for line in sys.stdin:
    begun = time.process_time_ns()
    count = 0
    for _ in range(int(line)):
        count = sweep()
    print(time.process_time_ns() - begun, count, flush=True)
