/**
 * `aod trace` on this kernel: what comes out, how it ends, and that nothing is unaccounted for.
 * @module
 */
import assert from "node:assert/strict";
import { AOD, aod, runCommand } from "../support/program.ts";
import { eventsOf, inDirectory, ledgerOf, Trace, Workload } from "../support/trace.ts";

/** 100 times: a file is made, written, renamed and removed, and a program is executed. */
const SCRIPT = "for i in {1..100}; do echo x >a; mv a b; rm b; done";

Deno.test("every event of a workload comes out as a line, and the ledger says how many", async () => {
  await inDirectory(async (directory) => {
    const work = new Workload(SCRIPT, directory);
    const pid = String(work.pid);
    const trace = await Trace.start(["-f", "json", "--pid", pid, "--follow-children"]);
    await work.run();
    const { code, stdout, stderr } = await trace.stop();
    assert.equal(code, 0, stderr);
    const events = eventsOf(stdout);
    const ledger = ledgerOf(stderr);
    assert.equal(events.length, ledger.written);
    assert.equal(ledger.dropped, 0, stderr);
    assert.equal(ledger.seen, ledger.written + ledger.filtered + ledger.own, stderr);
    const count = (type: string, comm: string) =>
      events.filter((event) =>
        event.event_type === type && event.comm === comm && event.errno === undefined
      ).length;
    assert.equal(count("exec", "mv"), 100);
    assert.equal(count("exec", "rm"), 100);
    assert.equal(count("rename", "mv"), 100);
    assert.equal(count("delete", "rm"), 100);
    assert.equal(count("create", "bash"), 100);
    const write = events.find(({ event_type, comm }) => event_type === "write" && comm === "bash");
    assert.equal(write?.path, `${directory}/a`);
    assert.equal(write?.result, 2);
  });
});

Deno.test("the log begins with the processes that exist, without itself", async () => {
  await inDirectory(async (directory) => {
    const work = new Workload("exit 0", directory);
    const trace = await Trace.start(["-f", "json", "--only", "exit"]);
    const all = await trace.stop();
    const filtered = await Trace.start(["-f", "json", "--only", "exit", "--pid", `${work.pid}`]);
    await work.run();
    const one = await filtered.stop();
    const snapshots = (text: string) =>
      text.split("\n").slice(0, -1).map((line) => JSON.parse(line))
        .filter(({ event_type }) => event_type === "snapshot");
    const pids = snapshots(all.stdout).map(({ pid }) => pid);
    assert.ok(pids.includes(work.pid) && pids.includes(1), String(pids));
    assert.ok(!pids.includes(trace.pid), String(pids));
    const [found, ...more] = snapshots(one.stdout);
    assert.deepEqual(more, []);
    assert.deepEqual([found.pid, found.comm, found.cwd], [work.pid, "bash", directory]);
    assert.deepEqual(eventsOf(one.stdout).map(({ tgid }) => tgid), [work.pid]);
  });
});

Deno.test("filters of type leave out the rest, in the kernel and in the ledger", async () => {
  await inDirectory(async (directory) => {
    const work = new Workload(SCRIPT, directory);
    const events = `${directory}/events.conf`;
    Deno.writeTextFileSync(events, "all = off\ndelete = on # only this\nrename = on\n");
    const filters = ["--path-prefix", `${directory}/`, "--events-file", events];
    const trace = await Trace.start(["-f", "json", ...filters, "--only", "delete,open"]);
    await work.run();
    const { stdout, stderr } = await trace.stop();
    const found = eventsOf(stdout);
    assert.equal(found.length, 100, stderr);
    assert.deepEqual(new Set(found.map(({ event_type }) => event_type)), new Set(["delete"]));
    assert.equal(ledgerOf(stderr).written, 100);
  });
});

Deno.test("Ctrl-C ends with 130, SIGTERM, SIGHUP and --duration with 0, each with the ledger", async () => {
  for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 0], ["SIGHUP", 0]] as const) {
    const trace = await Trace.start(["-f", "json", "-e", "process"]);
    const { code, stdout, stderr } = await trace.stop(signal);
    assert.equal(code, expected, stderr);
    assert.equal(eventsOf(stdout).length, ledgerOf(stderr).written);
  }
  const { code, stderr } = await aod("trace", "-e", "user", "--duration", "0.2");
  assert.equal(code, 0, stderr);
  ledgerOf(stderr);
});

Deno.test("a reader that goes is no error: nothing is said, all is accounted for", async () => {
  await inDirectory(async (directory) => {
    const ledger = `${directory}/ledger.json`;
    const busy = "while :; do : </dev/null; done & busy=$!;";
    const traced = `${AOD} trace -f json -e file --ledger ${ledger} | head -n 1000 >/dev/null;`;
    const script = `${busy} ${traced} code=\${PIPESTATUS[0]}; kill $busy; exit $code`;
    const { code, stderr } = await runCommand("/bin/bash", ["-c", script]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^aod trace: logging 16 event types; Ctrl-C ends it\n$/);
    const { seen, written, filtered, own, dropped } = JSON.parse(Deno.readTextFileSync(ledger));
    // Of the lines that were read some were processes that exist.
    assert.ok(written >= 500, String(written));
    assert.ok(dropped.closed_pipe > 0, JSON.stringify(dropped));
    assert.equal(dropped.unread, 0);
    const causes = Object.values(dropped).reduce((sum, count) => Number(sum) + Number(count), 0);
    assert.equal(seen, written + filtered + own + Number(causes));
  });
});

Deno.test("a reader that is gone is noticed also while nothing happens", async () => {
  const traced =
    `${AOD} trace -f json --only setresgid --comm nobodyhere | true; exit \${PIPESTATUS[0]}`;
  const { code, stderr } = await runCommand("/usr/bin/timeout", ["20", "/bin/bash", "-c", traced]);
  assert.equal(code, 0, stderr);
});

Deno.test("a reader that does not read does not keep Ctrl-C from ending it", async () => {
  await inDirectory(async (directory) => {
    const ledger = `${directory}/ledger.json`;
    const busy = "while :; do : </dev/null; done & busy=$!;";
    const traced =
      `{ ${AOD} trace -f json -e file --ledger ${ledger} & echo $! >${directory}/pid; ` +
      `wait $!; echo $? >${directory}/code; } | { sleep 2; kill -INT $(cat ${directory}/pid); ` +
      `while [ ! -e ${directory}/code ]; do sleep 0.1; done; };`;
    const { stderr } = await runCommand("/bin/bash", ["-c", `${busy} ${traced} kill $busy`]);
    assert.equal(Deno.readTextFileSync(`${directory}/code`), "130\n", stderr);
    const { dropped } = JSON.parse(Deno.readTextFileSync(ledger));
    assert.ok(dropped.abandoned > 0, JSON.stringify(dropped));
    assert.equal(dropped.unread, 0);
  });
});

Deno.test("a full disk ends it with 1, one clear line and the last line whole", async () => {
  await inDirectory(async (directory) => {
    const script = `mount -t tmpfs -o size=256k none ${directory}; cd ${directory}; ` +
      "while :; do : </dev/null; done & " +
      `${AOD} trace -f json -e file -o events.jsonl --ledger /run/l.json; code=$?; kill $!; ` +
      "cat events.jsonl; echo ==; cat /run/l.json; exit $code";
    const { code, stdout, stderr } = await runCommand("/usr/bin/unshare", [
      "--mount",
      "/bin/bash",
      "-c",
      `mount -t tmpfs none /run; ${script}`,
    ]);
    assert.equal(code, 1, stderr);
    assert.match(
      stderr,
      /^aod trace: Cannot write events\.jsonl: because no space left on device$/m,
    );
    const [log, ledger] = stdout.split("==\n");
    const { seen, written, filtered, own, dropped } = JSON.parse(ledger);
    assert.equal(eventsOf(log).length, written);
    assert.ok(dropped.disk_full > 0);
    const causes = Object.values(dropped).reduce((sum, count) => Number(sum) + Number(count), 0);
    assert.equal(seen, written + filtered + own + Number(causes), ledger);
  });
});

Deno.test("rotated and compressed, no event is lost on the way", async () => {
  await inDirectory(async (directory) => {
    const work = new Workload(SCRIPT, directory);
    const log = `${directory}/log/events.jsonl`;
    const rotation = ["--rotate-mb", "0.2", "--keep", "1000", "--compress", "--fsync", "rotate"];
    const filter = ["--pid", String(work.pid), "--follow-children"];
    const trace = await Trace.start(["-f", "json", ...filter, "-o", log, ...rotation]);
    await work.run();
    const { code, stdout, stderr } = await trace.stop();
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "");
    const names = [...Deno.readDirSync(`${directory}/log`)].map(({ name }) => name).sort();
    const rotated = names.filter((name) => name.endsWith(".zst"));
    assert.ok(rotated.length >= 2, String(names));
    assert.equal(rotated.length, names.length - 1, String(names));
    let text = "";
    for (const name of rotated) {
      text += (await runCommand("/usr/bin/zstd", ["-dcq", `${directory}/log/${name}`])).stdout;
    }
    text += Deno.readTextFileSync(log);
    assert.equal((await runCommand("/usr/bin/jq", ["-e", ".timestamp", log])).code, 0);
    assert.equal(eventsOf(text).length, ledgerOf(stderr).written);
  });
});
