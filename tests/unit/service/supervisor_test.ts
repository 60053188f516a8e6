/**
 * The supervisor on a clock of the test's own: heartbeats, backoff, circuit breaker, hangs, a process
 * that was stopped.
 * @module
 */
import assert from "node:assert/strict";
import { ControlBlock } from "../../../src/service/control.ts";
import type { FromWorker, ToWorker, WorkerRole } from "../../../src/service/messages.ts";
import { Supervisor } from "../../../src/service/supervisor.ts";
import type { WorkerHandle } from "../../../src/service/supervisor_options.ts";

/** A worker handle driven by the test. */
class Puppet implements WorkerHandle {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  onmessageerror: ((event: MessageEvent) => void) | null = null;
  terminated = false;
  readonly received: string[] = [];
  constructor(readonly role: WorkerRole, readonly refuses = false) {}
  postMessage(message: ToWorker): void {
    if (this.refuses) throw new Error("no room for a message");
    this.received.push(message.kind);
  }
  terminate(): void {
    this.terminated = true;
  }
  says(message: FromWorker): void {
    this.onmessage?.(new MessageEvent("message", { data: message }));
  }
  throws(message: string): void {
    this.onerror?.(new ErrorEvent("error", { message, cancelable: true }));
  }
}

class Stage {
  now = 0;
  threads = 1;
  /** Workers started from now on take no message. */
  refusing = false;
  readonly control = ControlBlock.create();
  readonly puppets: Puppet[] = [];
  readonly events: string[] = [];
  readonly supervisor: Supervisor;

  constructor(roles: WorkerRole[] = ["watcher"]) {
    this.supervisor = new Supervisor({
      control: this.control,
      roles,
      spawn: (role) => {
        const puppet = new Puppet(role, this.refusing);
        this.puppets.push(puppet);
        return puppet;
      },
      startMessage: () => ({ kind: "drain" }),
      onMessage: (role, message) => this.events.push(`${role} says ${message.kind}`),
      onDown: (role) => this.events.push(`${role} down`),
      onRestarted: (role) => this.events.push(`${role} restarted`),
      onHang: (role) => (this.events.push(`${role} hung`), ["dispatcher", "watcher"]),
      escalate: (role) => this.events.push(`${role} escalated`),
      log: () => {},
      threads: () => this.threads,
      now: () => this.now,
    });
    this.supervisor.start();
  }

  get last(): Puppet {
    return this.puppets[this.puppets.length - 1];
  }

  /** Ticks every half second up to `until_ms`, beating for `alive`. */
  run(until_ms: number, alive: WorkerRole[] = []): void {
    while (this.now < until_ms) {
      this.now += 500;
      for (const role of alive) ControlBlock.attach(this.control.buffer).beat(role);
      this.supervisor.tick();
    }
  }
}

Deno.test("a worker that beats is left alone, however long", () => {
  const stage = new Stage();
  stage.last.says({ kind: "ready" });
  stage.run(600_000, ["watcher"]);
  assert.equal(stage.puppets.length, 1);
  assert.deepEqual(stage.events, ["watcher says ready"]);
});

Deno.test("an error event is handled, and its worker started again after the backoff", () => {
  const stage = new Stage();
  stage.last.says({ kind: "ready" });
  const event = new ErrorEvent("error", { message: "x", cancelable: true });
  stage.last.onerror?.(event);
  assert.equal(event.defaultPrevented, true, "else it would end the process");
  stage.now += 99;
  stage.supervisor.tick();
  assert.equal(stage.puppets.length, 1);
  stage.now += 1;
  stage.supervisor.tick();
  assert.equal(stage.puppets.length, 2);
  stage.last.says({ kind: "ready" });
  assert.deepEqual(stage.events, [
    "watcher says ready",
    "watcher down",
    "watcher restarted",
    "watcher says ready",
  ]);
});

Deno.test("what fails again and again waits long, and its circuit closes when it runs", () => {
  const stage = new Stage();
  for (let i = 0; i < 8; i++) {
    stage.last.throws("x");
    stage.run(stage.now + 7000);
  }
  assert.equal(stage.supervisor.status()[0].state, "failed");
  const started = stage.puppets.length;
  stage.run(stage.now + 50_000);
  assert.equal(stage.puppets.length, started, "an open circuit starts nothing");
  stage.run(stage.now + 11_000);
  assert.equal(stage.puppets.length, started + 1, "one trial");
  stage.last.says({ kind: "ready" });
  stage.run(stage.now + 40_000, ["watcher"]);
  stage.last.throws("y");
  stage.run(stage.now + 500);
  assert.equal(stage.puppets.length, started + 2, "recovered: it waits little again");
});

Deno.test("messages and errors of a replaced worker are not heard", () => {
  const stage = new Stage();
  const old = stage.last;
  old.says({ kind: "ready" });
  old.throws("x");
  stage.run(1000);
  stage.events.length = 0;
  old.says({ kind: "ready" });
  old.throws("again");
  assert.deepEqual(stage.events, []);
  assert.equal(stage.puppets.length, 2);
});

Deno.test("a hang takes its partner along to new buffers, a second one escalates", () => {
  const stage = new Stage(["dispatcher", "watcher", "collector"]);
  for (const puppet of stage.puppets) puppet.says({ kind: "ready" });
  stage.events.length = 0;
  stage.run(15_000, ["dispatcher", "collector"]);
  assert.deepEqual(stage.events, ["watcher down", "watcher hung", "dispatcher down"]);
  stage.run(15_500, ["collector"]);
  assert.deepEqual(stage.puppets.slice(3).map((p) => p.role), ["dispatcher", "watcher"]);
  for (const puppet of stage.puppets.slice(3)) puppet.says({ kind: "ready" });
  stage.threads = 2;
  stage.events.length = 0;
  stage.run(45_000, ["dispatcher", "watcher"]);
  assert.deepEqual(stage.events, ["collector escalated"]);
  assert.equal(stage.supervisor.status()[2].state, "failed");
});

Deno.test("a worker that never becomes ready is a hang; one whose thread is gone is an exit", () => {
  const stage = new Stage();
  stage.run(60_000);
  assert.ok(stage.events.includes("watcher hung"));
  const gone = new Stage();
  gone.threads = 0;
  gone.run(60_000);
  assert.ok(!gone.events.includes("watcher hung"));
  assert.match(gone.supervisor.status()[0].last_error, /exited/);
});

Deno.test("a hung thread that came back and ended does not make the next hang an exit", () => {
  const stage = new Stage();
  stage.last.says({ kind: "ready" });
  stage.run(15_000);
  assert.ok(stage.events.includes("watcher hung"));
  stage.run(15_500);
  stage.threads = 2; // the stuck one and its replacement
  stage.last.says({ kind: "ready" });
  stage.run(20_000, ["watcher"]);
  stage.threads = 1; // the stuck one has ended
  stage.run(25_000, ["watcher"]);
  stage.run(45_000);
  assert.ok(stage.events.includes("watcher escalated"), stage.events.join());
});

Deno.test("a process that was stopped for an hour finds its workers alive", () => {
  const stage = new Stage();
  stage.last.says({ kind: "ready" });
  stage.run(5000, ["watcher"]);
  stage.now += 3_600_000;
  stage.supervisor.tick();
  stage.run(stage.now + 5000, ["watcher"]);
  assert.equal(stage.puppets.length, 1);
});

Deno.test("drain asks by message, later by flag, and waits for the answer", async () => {
  const stage = new Stage();
  stage.last.says({ kind: "ready" });
  const draining = stage.supervisor.drain("watcher", 1000);
  assert.deepEqual(stage.last.received, ["drain", "drain"]);
  assert.equal(stage.control.stopRequested("watcher"), false, "the flag would cut the drain short");
  stage.now += 600;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(stage.control.stopRequested("watcher"), true);
  stage.last.says({ kind: "stopped" });
  assert.equal(await draining, true);
  stage.run(60_000);
  assert.equal(stage.puppets.length, 1, "what was drained is not started again");
});

Deno.test("a worker that cannot be told how to start is ended and another one tried", () => {
  const stage = new Stage();
  stage.refusing = true;
  stage.last.throws("x");
  stage.run(1_000);
  const refusing = stage.puppets.filter((puppet) => puppet.refuses);
  assert.ok(refusing.length >= 1);
  assert.ok(refusing.every((puppet) => puppet.terminated), "none is left behind");
  stage.refusing = false;
  stage.run(60_000);
  stage.last.says({ kind: "ready" });
  assert.ok(stage.supervisor.isRunning("watcher"));
});
