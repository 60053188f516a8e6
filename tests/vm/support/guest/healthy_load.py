"""Everyday work on a healthy share; prints what it did as one JSON object.

usage: healthy_load.py files|compile|watch|lock SECONDS DIRECTORY [SAME DIRECTORY MOUNTED AGAIN]
Every kind paces itself (PAUSE): an emulated processor must be able to carry it.
"""
import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import time

PAUSE = float(os.environ.get("PAUSE_SEC", "0.05"))
# ioctl CIFS_IOC_NOTIFY of fs/smb/client/cifs_ioctl.h: waits until the directory changes.
CIFS_IOC_NOTIFY = 0x4005CF09
ANY_CHANGE = b"\xff\x01\0\0\0"
FICLONE = 0x40049409
MODULES = 8

done = {}
refused = {}


def count(name):
    done[name] = done.get(name, 0) + 1


def attempt(name, work):
    """Does something that a share may refuse; a program goes on without it."""
    count(name)
    try:
        return work()
    except OSError as error:
        code = name + " " + errno.errorcode.get(error.errno, str(error.errno))
        refused[code] = refused.get(code, 0) + 1


def files(directory, end, _):
    """What editors, archivers and file managers do with many small files."""
    turn = 0
    while time.monotonic() < end:
        turn += 1
        base = os.path.join(directory, "files-%d" % (turn % 4))
        os.makedirs(base, exist_ok=True)
        names = [os.path.join(base, "f%d" % i) for i in range(6)]
        for i, name in enumerate(names):
            with open(name, "wb") as file:
                file.write(os.urandom(1024 << (i % 5)))
            count("create")
            time.sleep(PAUSE)
        for name in names:
            os.stat(name)
            with open(name, "rb") as file:
                file.read()
            count("read")
            # As `ls -l` and `cp -a` ask.
            attempt("listxattr", lambda: os.listxattr(name))
            attempt("getxattr", lambda: os.getxattr(name, "user.mime_type"))
            attempt("getxattr acl", lambda: os.getxattr(name, "system.posix_acl_access"))
            attempt("readlink", lambda: os.readlink(name))
            attempt("missing", lambda: os.stat(name + ".orig"))
            attempt("open missing", lambda: os.open(name + ".rej", os.O_RDONLY))
            time.sleep(PAUSE)
        lock = os.path.join(base, "lock")
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        for _ in range(3):
            attempt("lock file there", lambda: os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        attempt("mkdir there", lambda: os.mkdir(base))
        attempt("rmdir full", lambda: os.rmdir(base))
        attempt("open directory to write", lambda: os.open(base, os.O_WRONLY))
        attempt("file as directory", lambda: os.stat(names[0] + "/x"))
        attempt("copy", lambda: copy(names[0], names[0] + ".copy"))
        attempt("truncate", lambda: os.truncate(names[0], 100))
        attempt("symlink", lambda: os.symlink("f1", os.path.join(base, "link")))
        attempt("hard link", lambda: os.link(names[1], os.path.join(base, "hard")))
        attempt("statvfs", lambda: os.statvfs(base))
        time.sleep(PAUSE)
        os.rename(names[2], names[3])
        attempt("mode", lambda: os.chmod(names[3], 0o600))
        attempt("times", lambda: os.utime(names[3]))
        for entry in os.scandir(base):
            entry.stat(follow_symlinks=False)
            count("list")
        for name in os.listdir(base):
            os.unlink(os.path.join(base, name))
            count("unlink")
            time.sleep(PAUSE / 4)
        os.rmdir(base)


def copy(source, target):
    """Copies as cp does: by reference, by the server, by hand."""
    with open(source, "rb") as a, open(target, "wb") as b:
        attempt("reflink", lambda: fcntl.ioctl(b, FICLONE, a.fileno()))
        attempt("seek hole", lambda: os.lseek(a.fileno(), 0, os.SEEK_HOLE))
        attempt("preallocate", lambda: os.posix_fallocate(b.fileno(), 0, 4096))
        os.lseek(a.fileno(), 0, os.SEEK_SET)
        attempt("copy range", lambda: os.copy_file_range(a.fileno(), b.fileno(), 1024))


def source_of(number):
    includes = "".join('#include "m%d.h"\n' % i for i in range(MODULES))
    functions = "".join(
        "int m%d_f%d(int a) { int b = a; for (int i = 0; i < %d; i++) b = b * 31 + i; return b; }\n"
        % (number, i, i + 3)
        for i in range(20)
    )
    return includes + functions


def compile_project(directory, end, _):
    """Builds a small C project again and again: sources, headers, objects and archive on the share."""
    base = os.path.join(directory, "project")
    os.makedirs(base, exist_ok=True)
    for i in range(MODULES):
        declared = "".join("int m%d_f%d(int a);\n" % (i, f) for f in range(20))
        with open("%s/m%d.h" % (base, i), "w") as file:
            file.write("#ifndef M%d\n#define M%d\n%s#endif\n" % (i, i, declared))
        with open("%s/m%d.c" % (base, i), "w") as file:
            file.write("#include <stddef.h>\n" + source_of(i))
    while time.monotonic() < end:
        os.makedirs(base + "/obj", exist_ok=True)
        objects = []
        for i in range(MODULES):
            objects.append("obj/m%d.o" % i)
            command = ["tcc", "-I.", "-c", "m%d.c" % i, "-o", objects[-1]]
            subprocess.run(command, cwd=base, check=True)
            count("compile")
            time.sleep(2 * PAUSE)
        subprocess.run(["tcc", "-ar", "rcs", "obj/lib.a"] + objects, cwd=base, check=True)
        count("archive")
        for name in os.listdir(base + "/obj"):
            os.unlink(base + "/obj/" + name)
            time.sleep(PAUSE / 4)
        os.rmdir(base + "/obj")


def watch(directory, end, _):
    """Three watched directories, one of which changes; the watches end by being killed."""
    watchers = []
    for i in range(3):
        base = os.path.join(directory, "watched-%d" % i)
        os.makedirs(base, exist_ok=True)
        pid = os.fork()
        if pid == 0:
            while True:
                fcntl.ioctl(os.open(base, os.O_RDONLY), CIFS_IOC_NOTIFY, ANY_CHANGE)
        watchers.append(pid)
    while time.monotonic() < end:
        time.sleep(max(1, 20 * PAUSE))
        name = os.path.join(directory, "watched-0", "changed")
        with open(name, "w") as file:
            file.write("x")
        os.unlink(name)
        count("change")
    for pid in watchers:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def lock(directory, end, again):
    """Two clients want the same bytes of a file: one waits for the other, or finds them taken."""
    name = "locked"
    with open(os.path.join(directory, name), "wb") as file:
        file.write(b"x" * 4096)
    while time.monotonic() < end:
        holds, told = os.pipe()
        pid = os.fork()
        if pid == 0:
            with open(os.path.join(again, name), "r+b") as file:
                fcntl.lockf(file, fcntl.LOCK_EX, 100)
                os.write(told, b"x")
                time.sleep(2.5)
                fcntl.lockf(file, fcntl.LOCK_UN, 100)
            os._exit(0)
        os.read(holds, 1)
        with open(os.path.join(directory, name), "r+b") as file:
            for _ in range(3):
                flags = fcntl.LOCK_EX | fcntl.LOCK_NB
                attempt("try lock", lambda: fcntl.lockf(file, flags, 100))
            started = time.monotonic()
            fcntl.lockf(file, fcntl.LOCK_EX, 100)
            count("waited over 1 s" if time.monotonic() - started > 1 else "waited")
            fcntl.lockf(file, fcntl.LOCK_UN, 100)
        os.waitpid(pid, 0)
        os.close(holds)
        os.close(told)
        time.sleep(PAUSE)


KINDS = {"files": files, "compile": compile_project, "watch": watch, "lock": lock}
kind, seconds, where = sys.argv[1], float(sys.argv[2]), sys.argv[3]
KINDS[kind](where, time.monotonic() + seconds, sys.argv[4] if len(sys.argv) > 4 else "")
print(json.dumps({"done": done, "refused": refused}))
