/** Whose events are logged: the agent and what it starts are left out, followed children are not. @module */
import assert from "node:assert/strict";
import { mapEntries } from "../../../src/bpf/map.ts";
import { type EventLogProbe, loadEventLog } from "../../../src/probe/event_log/load.ts";
import type { LogFilters } from "../../../src/probe/event_log/filters.ts";
import { typesOf } from "../../support/event_log/known_calls.ts";
import { type Logged, LoggedReader } from "../../support/event_log/logged.ts";
import "../../support/libraries.ts";

/** A signal that nobody has, so that the kills of a test are found among those of the machine. */
const ODD_SIGNAL = 64;

class Log implements Disposable {
  readonly probe: EventLogProbe;
  readonly #reader: LoggedReader;

  constructor(filters: LogFilters, leave_out_self: boolean) {
    const types = typesOf("KILL", "FORK", "EXIT");
    this.probe = loadEventLog({ types, filters, ring_bytes: 1 << 20, leave_out_self });
    this.#reader = new LoggedReader(this.probe.handles.maps.log_events, 1 << 20);
  }

  /** The processes whose odd kills were logged. */
  killers(): Set<number> {
    return new Set(
      this.events().filter(({ type, args }) => type === "KILL" && Number(args[1]) === ODD_SIGNAL)
        .map(({ tgid }) => tgid),
    );
  }

  events(): Logged[] {
    this.#reader.take();
    return this.#reader.events;
  }

  [Symbol.dispose](): void {
    this.#reader.close();
    this.probe.close();
  }
}

/** Kills with the odd signal, which it ignores, and tells its pid; at a line from `fifo` if there is one. */
const kill = (file: string, fifo = "") =>
  `bash -c 'trap "" ${ODD_SIGNAL}; echo $$ > ${file}.tmp; mv ${file}.tmp ${file}; ` +
  `${fifo === "" ? "" : `read word < ${fifo};`} kill -${ODD_SIGNAL} $$; touch ${file}.done'`;

async function until(file: string): Promise<void> {
  for (let i = 0; i < 2000; i++) {
    try {
      Deno.statSync(file);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  assert.fail(`${file} did not come`);
}

async function shell(script: string): Promise<void> {
  const { success } = await new Deno.Command("/bin/bash", { args: ["-c", script] }).output();
  assert.ok(success);
}

const pidIn = (file: string) => Number(Deno.readTextFileSync(file));

Deno.test("the agent's descendants are left out, whoever their parent is; others are not", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "aod-lineage-" });
  const at = (name: string) => `${directory}/${name}`;
  try {
    await shell(`mkfifo ${at("fifo")}`);
    // Its parent is gone before the log begins: it is a child of init like any other.
    await shell(`${kill(at("stranger"), at("fifo"))} >/dev/null 2>&1 & `);
    await until(at("stranger"));
    using log = new Log({}, true);
    await shell(`${kill(at("child"))}; (${kill(at("grandchild"))} >/dev/null 2>&1 &)`);
    await until(at("grandchild.done"));
    await shell(`echo > ${at("fifo")}`);
    await until(at("stranger.done"));
    const own = [pidIn(at("child")), pidIn(at("grandchild"))];
    assert.deepEqual(log.killers(), new Set([pidIn(at("stranger"))]));
    for (const { tgid, parent_tgid, args, type } of log.events()) {
      assert.ok(tgid !== Deno.pid && parent_tgid !== Deno.pid && !own.includes(tgid));
      if (type === "FORK") assert.ok(!own.includes(Number(args[1])));
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("children of a followed process are logged until they end, without it only the process", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "aod-lineage-" });
  const at = (name: string) => `${directory}/${name}`;
  try {
    for (const follow_children of [true, false]) {
      const name = (of: string) => at(`${of}-${follow_children}`);
      const child = new Deno.Command("/bin/bash", {
        args: [
          "-c",
          `trap "" ${ODD_SIGNAL}; read word; ${kill(name("child"))}; ` +
          `(${kill(name("grandchild"))}); kill -${ODD_SIGNAL} $$; read word`,
        ],
        stdin: "piped",
      }).spawn();
      const writer = child.stdin.getWriter();
      using log = new Log({ pids: [child.pid], follow_children }, false);
      await shell(`${kill(name("stranger"))}`);
      await writer.write(new Uint8Array([10]));
      while (!log.killers().has(child.pid)) await new Promise((resolve) => setTimeout(resolve, 5));
      const more = follow_children ? [pidIn(name("child")), pidIn(name("grandchild"))] : [];
      assert.deepEqual(log.killers(), new Set([child.pid, ...more]));
      const followed = () =>
        [...mapEntries(log.probe.handles.maps.log_pids, 4, 1)].map(([key]) =>
          new DataView(key.buffer, key.byteOffset).getUint32(0, true)
        );
      // Those that have ended are soon followed no more: their numbers will be others'.
      while (followed().length > 1) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.deepEqual(followed(), [child.pid]);
      await writer.close();
      await child.status;
      while (follow_children && followed().length > 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
