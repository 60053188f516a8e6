/** The filters: what they let pass, and that what they hold back is counted. @module */
import assert from "node:assert/strict";
import { readLogCounters } from "../../../src/probe/event_log/counters.ts";
import { LogFilterError, type LogFilters } from "../../../src/probe/event_log/filters.ts";
import { loadEventLog } from "../../../src/probe/event_log/load.ts";
import { OBJECTS, typesOf } from "../../support/event_log/known_calls.ts";
import { type Logged, LoggedReader } from "../../support/event_log/logged.ts";
import "../../support/libraries.ts";

const RING_BYTES = 1 << 22;
const TYPES = typesOf("OPEN", "CREATE", "READ", "CLOSE", "RENAME", "MKDIR", "SETUID");

function shell(script: string): void {
  const { success, stderr } = new Deno.Command("/bin/sh", { args: ["-c", script] }).outputSync();
  assert.ok(success, new TextDecoder().decode(stderr));
}

/** Everything that is logged with `filters` while `work` is done. */
function logged(filters: LogFilters, work: () => void, old_kernel = false): Logged[] {
  const probe = loadEventLog({
    types: TYPES,
    filters,
    ring_bytes: RING_BYTES,
    leave_out_self: false,
    old_kernel,
  });
  const reader = new LoggedReader(probe.handles.maps.log_events, probe.handles.ring_bytes);
  try {
    work();
    probe.setTypes(new Set());
    reader.take();
    const { seen, emitted, filtered, own, drop_ring_full, drop_scratch } = readLogCounters(
      probe.handles,
    );
    assert.equal(drop_ring_full.total + drop_scratch.total + own.total, 0n);
    assert.equal(seen.total, emitted.total + filtered.total);
    assert.equal(Number(emitted.total), reader.events.length);
    assert.ok(filtered.total > 0n, "this test itself is filtered out");
    assert.ok(reader.events.length > 0, "something passes");
    return reader.events;
  } finally {
    reader.close();
    probe.close();
  }
}

function nameOf({ items }: Logged, item = "name"): string {
  const bytes = items[item]?.match(/../g)?.map((byte) => parseInt(byte, 16)) ?? [];
  return new TextDecoder().decode(new Uint8Array(bytes));
}

Deno.test("the user: of every event", () => {
  const work = () => shell("setpriv --reuid 23456 --clear-groups cat /dev/null; cat /dev/null");
  for (const { uid, type, call } of logged({ uid: 23456 }, work)) {
    // The call that makes it that user is the first one of that user.
    assert.equal(uid, 23456, `${type} ${call}`);
  }
});

Deno.test("the name of the task: the whole of it", () => {
  const work = () => shell("head -c 1 /dev/zero >/dev/null; headroom=1; cat /dev/null");
  for (const { comm } of logged({ comm: "head" }, work)) assert.equal(comm, "head");
});

Deno.test("the cgroup, and those below it", () => {
  const root = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].find((path) => {
    try {
      return Deno.statSync(`${path}/cgroup.procs`).isFile;
    } catch {
      return false;
    }
  });
  assert.ok(root !== undefined, "no cgroup v2 is mounted");
  const cgroup = `${root}/aod-test-${Deno.pid}`;
  Deno.mkdirSync(`${cgroup}/below`, { recursive: true });
  try {
    const inside = (group: string) => `sh -c 'echo $$ > ${group}/cgroup.procs; cat /dev/null';`;
    const events = logged(
      { cgroup },
      () => shell(`${inside(cgroup)} ${inside(`${cgroup}/below`)} cat /dev/null`),
    );
    const readers = new Set(
      events.filter(({ comm, type }) => comm === "cat" && type === "OPEN").map(({ tgid }) => tgid),
    );
    assert.equal(readers.size, 2);
    const ids = [cgroup, `${cgroup}/below`].map((path) => BigInt(Deno.statSync(path).ino ?? 0));
    for (const { cgroup_id } of events) assert.ok(ids.includes(cgroup_id), String(cgroup_id));
  } finally {
    Deno.removeSync(`${cgroup}/below`);
    Deno.removeSync(cgroup);
  }
});

for (const [which, old_kernel] of OBJECTS) {
  Deno.test(`the path prefix: names, relative names, descriptors, either name of two${which}`, () => {
    const directory = Deno.makeTempDirSync({ prefix: "aod-prefix-" });
    shell(`mkdir ${directory}/data ${directory}/other; echo x > ${directory}/data/a`);
    shell(`ln -s data ${directory}/link; echo x > ${directory}/dat; echo x > ${directory}/other/a`);
    try {
      const events = logged(
        { path_prefix: `${directory}/data` },
        () =>
          shell(
            [
              `cat ${directory}/data/a ${directory}/dat ${directory}/other/a`,
              `cd ${directory}`,
              "cat data/a other/a link/a",
              "cat data",
              "cd data",
              "cat a",
              "cd ../other",
              "cat a; cat no",
              `mv a ${directory}/data/b`, // ".." in a name is not resolved
              `mkdir ${directory}/data/c`,
            ].join("; ") + "; true",
          ),
        old_kernel,
      );
      const opened = events.filter(({ type, result }) => type === "OPEN" && result >= 0n);
      assert.deepEqual(
        opened.filter(({ comm }) => comm === "cat").map((event) => [nameOf(event), event.path]),
        [
          [`${directory}/data/a`, `${directory}/data/a`],
          ["data/a", `${directory}/data/a`],
          ["link/a", `${directory}/data/a`], // by the file, not by the name
          ["data", `${directory}/data`],
          ["a", `${directory}/data/a`],
        ],
      );
      for (const { type, path } of events) {
        if (type !== "READ" && type !== "CLOSE") continue;
        assert.ok(path.startsWith(`${directory}/data`), `${type} ${path}`);
      }
      const renames = events.filter(({ type }) => type === "RENAME");
      assert.deepEqual(renames.map((event) => nameOf(event)), ["a"]);
      // The directory that does not match is told of with an event that passes by the other one.
      assert.deepEqual(renames.map(({ dir }) => dir), [`${directory}/other`]);
      const made = events.filter(({ type }) => type === "MKDIR").map((event) => nameOf(event));
      assert.deepEqual(made, [`${directory}/data/c`]);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  });
}

Deno.test("the path prefix: a path held back is told once, or said to be lost for lack of room", () => {
  const directory = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "aod-prefix-" }));
  const data = `${directory}/data`;
  const deep = `${directory}/${new Array(10).fill("d".repeat(200)).join("/")}`;
  Deno.mkdirSync(data);
  Deno.mkdirSync(deep, { recursive: true });
  Deno.writeTextFileSync(`${deep}/f`, "");
  const run = (ring_bytes: number, script: string) => {
    const probe = loadEventLog({
      types: typesOf("RENAME"),
      filters: { path_prefix: data },
      ring_bytes,
      leave_out_self: false,
    });
    const reader = new LoggedReader(probe.handles.maps.log_events, probe.handles.ring_bytes);
    try {
      shell(`cd ${deep}; taskset -p 1 $$; ${script}; mv f ${data}/x`);
      shell(`mv ${data}/x ${deep}/f`);
      reader.take();
      const last = reader.events.findLast((event) => nameOf(event) === "f");
      assert.ok(last !== undefined);
      return { last, paths: readLogCounters(probe.handles).paths.total };
    } finally {
      reader.close();
      probe.close();
    }
  };
  try {
    const often = run(
      1 << 20,
      `for i in $(seq 20); do mv f ${data}/x; mv ${data}/x f; done`,
    );
    assert.equal(often.last.dir, deep);
    assert.equal(often.last.flags.has("PATH_LOST"), false);
    // One for each of its two places, and what others have of the prefix on each CPU; not 41.
    assert.ok(often.paths < 30n, `${often.paths} path records`);
    // The ring has room for an event more, not for the path of 2 KB.
    const full = run(
      4096,
      `touch ${data}/p; for i in 1 2 3 4; do mv ${data}/p ${data}/q; mv ${data}/q ${data}/p; done`,
    );
    assert.equal(full.last.dir, "");
    assert.equal(full.last.flags.has("PATH_LOST"), true);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("a prefix that is the beginning of a name", () => {
  const directory = Deno.makeTempDirSync({ prefix: "aod-prefix-" });
  try {
    const events = logged(
      { path_prefix: `${directory}/ab` },
      () => shell(`cd ${directory}; echo > abc; echo > a; echo > ${directory}/abd; echo > b`),
    );
    const names = events.filter(({ type }) => type === "CREATE").map((event) => nameOf(event));
    assert.deepEqual(names, ["abc", `${directory}/abd`]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("two filters: both must hold", () => {
  const work = () =>
    shell(
      "setpriv --reuid 23456 --clear-groups sh -c 'cat /dev/null; head /dev/null'; cat /dev/null",
    );
  const events = logged({ uid: 23456, comm: "cat" }, work);
  for (const { uid, comm } of events) assert.deepEqual([uid, comm], [23456, "cat"]);
});

Deno.test("filters that cannot be are refused", () => {
  const load = (filters: LogFilters) =>
    loadEventLog({ types: typesOf("KILL"), filters, ring_bytes: 4096, leave_out_self: true });
  assert.throws(() => load({ comm: "a name that is too long" }), LogFilterError);
  assert.throws(() => load({ comm: "" }), LogFilterError);
  assert.throws(() => load({ path_prefix: "relative" }), LogFilterError);
  assert.throws(() => load({ path_prefix: `/${"x".repeat(256)}` }), LogFilterError);
  assert.throws(() => load({ cgroup: "/no/such/cgroup" }), /open.*No such file|ENOENT/);
  assert.throws(() => load({ cgroup: "/tmp" }), LogFilterError);
});
