/**
 * `aod trace`: what it is asked for wrongly, and what it tells about itself.
 * @module
 */
import assert from "node:assert/strict";
import { AOD, aod, inBareRoot, makeBareRoot, runCommand } from "../support/program.ts";
import { inDirectory } from "../support/trace.ts";

Deno.test("-l lists the 38 event types with their fields, or those with a word in them", async () => {
  const all = await aod("trace", "-l");
  assert.equal(all.code, 0, all.stderr);
  assert.equal(all.stdout.match(/^(file|process|network|user) +\d+ +\w+ /gm)?.length, 38);
  const found = await aod("trace", "-l", "sendmmsg");
  assert.match(found.stdout, /^network +2 +send .*\n +calls: .*sendmmsg\n +fields: fd, len, flags/);
  const json = await aod("trace", "-l", "rename", "-f", "json");
  assert.equal(JSON.parse(json.stdout).name, "rename");
  const none = await aod("trace", "-l", "nothing-of-this-name");
  assert.equal(none.code, 2);
  assert.match(none.stderr, /^aod: no event type, system call or field with "nothing/);
});

Deno.test("--info says what the kernel has, with root and in a root that has nothing", async () => {
  const { code, stdout } = await aod("trace", "--info");
  assert.equal(code, 0, stdout);
  for (const name of ["kernel", "btf", "ring_buffer", "sys_enter", "io_uring", "jit", "memlock"]) {
    assert.match(stdout, new RegExp(`^yes +${name} `, "m"));
  }
  const root = await makeBareRoot();
  try {
    const bare = await inBareRoot(root, "trace", "--info");
    assert.equal(bare.code, 3, bare.stderr);
    assert.match(bare.stdout, /^missing +btf +no \/sys\/kernel\/btf\/vmlinux/m);
    const trace = await inBareRoot(root, "trace", "-e", "user", "--duration", "0.1");
    assert.equal(trace.code, 3, trace.stdout);
    assert.match(trace.stderr, /^aod: Cannot load the event log: because the kernel has no BTF/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("who is not root is told so, with exit code 4", async () => {
  const ids = ["--reuid=65534", "--regid=65534", "--clear-groups"];
  const { code, stdout, stderr } = await runCommand("setpriv", [...ids, AOD, "trace"]);
  assert.deepEqual([code, stdout], [4, ""]);
  assert.equal(stderr, "aod: Cannot trace: because aod trace needs root (try sudo)\n");
});

Deno.test("faults of an events file are told all at once, by file and line", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/events.conf`;
    Deno.writeTextFileSync(path, "open = on\nopne = on\nread = maybe\n");
    const { code, stdout, stderr } = await aod("trace", "--events-file", path);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.equal(
      stderr,
      `aod: ${path}:2: no event type "opne"; did you mean "open"?\n` +
        `aod: ${path}:3: read: "maybe" is not allowed; allowed: on, off\n`,
    );
    const absent = await aod("trace", "--events-file", `${directory}/absent`);
    assert.equal(absent.code, 2);
    assert.match(absent.stderr, /^aod: Cannot read .*absent: because no such file or directory/);
  });
});

Deno.test("wrong values and options that do not go together end with 2 and say why", async () => {
  const cases: [string[], RegExp][] = [
    [["-e", "fiel"], /No event type "fiel"; did you mean "file"/],
    [["--pid", "0"], /process ids from 1/],
    [["--comm", "0123456789abcdef"], /1 to 15 bytes/],
    [["--path-prefix", "srv"], /an absolute path/],
    [["--cgroup", "/nowhere"], /an existing directory/],
    [["--cgroup", "/tmp"], /of the cgroup v2 hierarchy/],
    [["--ring-mb", "5000"], /up to 1024/],
    [["--rotate-mb", "1"], /need -o/],
    [["--follow-children"], /needs --pid/],
    [["-f", "xml"], /Allowed choices are json, text, origin/],
    [["-e", "user", "--only", "open"], /no event type is wanted/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await aod("trace", ...args);
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /internal error|\n\s+at /);
  }
});

Deno.test("an output that cannot be opened ends with 1 and says why", async () => {
  await inDirectory(async (directory) => {
    Deno.symlinkSync("/etc/passwd", `${directory}/link`);
    const { code, stderr } = await aod("trace", "-e", "user", "-o", `${directory}/link`);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^aod: Cannot write .*link: because it is a symbolic link\n$/);
  });
});

Deno.test("-d tells what is attached, and counts every second", async () => {
  const { code, stderr } = await aod("trace", "-e", "process", "-d", "--duration", "1.5");
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^aod trace: program log_sched_fork: attached$/m);
  assert.match(stderr, /^aod trace: per second: seen \d+/m);
});
