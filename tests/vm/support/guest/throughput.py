"""Small reads, small writes and metadata on a share, in turns; prints the times as JSON.

usage: throughput.py DIRECTORY SLICES SLICE_SECONDS; mount with actimeo=0,closetimeo=0,cache=none
{"read": [[operations, ns], ...], "write": [...], "metadata": [...]}, one pair for each slice.
"""
import json
import mmap
import os
import sys
import time

directory, slices, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
BLOCK = 4096
BLOCKS = 64
buffer = mmap.mmap(-1, BLOCK)  # O_DIRECT wants a page
path = os.path.join(directory, "throughput")
with open(path, "wb") as file:
    file.write(os.urandom(BLOCK * BLOCKS))
fd = os.open(path, os.O_RDWR | os.O_DIRECT)
# Another file: of one that is open the client knows everything.
other = path + "-closed"
open(other, "wb").close()


def read(i):
    os.preadv(fd, [buffer], (i % BLOCKS) * BLOCK)


def write(i):
    os.pwritev(fd, [buffer], (i % BLOCKS) * BLOCK)


def metadata(i):
    os.stat(other)


def run(work):
    clock = time.perf_counter_ns
    start = clock()
    end = start + seconds * 1e9
    now = start
    i = 0
    while now < end:
        for _ in range(8):
            work(i)
            i += 1
        now = clock()
    return [i, now - start]


KINDS = {"read": read, "write": write, "metadata": metadata}
results = {name: [] for name in KINDS}
for name, work in KINDS.items():
    for i in range(20):
        work(i)
for _ in range(slices):
    for name, work in KINDS.items():
        results[name].append(run(work))
os.close(fd)
print(json.dumps(results))
