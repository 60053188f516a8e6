/**
 * The agent at work in the guest: started, its bundles awaited and fetched, stopped.
 *
 * ```ts
 * await using agent = await startAgent(vm, configText);
 * const bundle = await agent.bundle({ anomaly: "latency" });
 * ```
 * @module
 */
import assert from "node:assert/strict";
import { AOD_IN_GUEST as AOD } from "./aod.ts";
import { type Bundle, openBundle } from "./bundle.ts";
import type { BackgroundCommand, CommandResult, Vm } from "./vm.ts";

/** Where the bundles are, with the directory of the embedded configuration. */
export const BATCHES = "/var/log/aod/batches";
const CONFIG = "/etc/aod.yaml";
const READY_MS = 60_000;
const BUNDLE_MS = 60_000;
const STOP_MS = 15_000;

/** Which bundle is meant. */
export interface Wanted {
  /** The anomaly's key in the configuration. */
  anomaly: string;
  reason?: string;
}

/** A running agent. */
export class Agent implements AsyncDisposable {
  #vm: Vm;
  #command: BackgroundCommand;
  #stopped: CommandResult | undefined;
  /** Bundles that were fetched, or were there at the last {@link settled}. */
  #old: Set<string>;
  #opened = new Map<string, Bundle>();

  /** @param old ids of bundles that were there before */
  constructor(vm: Vm, command: BackgroundCommand, old: string[]) {
    this.#vm = vm;
    this.#command = command;
    this.#old = new Set(old);
  }

  /** What it has logged. */
  async log(): Promise<string> {
    return this.#stopped?.stderr ?? (await this.#command.output()).stderr;
  }

  /** Waits until the log has it. */
  async logged(what: RegExp, timeoutMs = READY_MS): Promise<void> {
    await until(async () => what.test(await this.log()), timeoutMs, async () => {
      return `the agent did not log ${what}: ${await this.log()}`;
    });
  }

  /** The next new bundle of an anomaly; those of others that come meanwhile stay to be asked for. */
  async bundle(wanted: Wanted, timeoutMs = BUNDLE_MS): Promise<Bundle> {
    let found: Bundle | undefined;
    const look = async () => {
      for (const id of await bundleIds(this.#vm)) {
        if (this.#old.has(id)) continue;
        const bundle = await this.#open(id);
        const { name, reason } = bundle.manifest.anomaly;
        if (name !== wanted.anomaly || reason !== (wanted.reason ?? reason)) continue;
        this.#old.add(id);
        found = bundle;
        return true;
      }
      return false;
    };
    await until(look, timeoutMs, async () => {
      const others = [...this.#opened.values()].filter(({ id }) => !this.#old.has(id));
      const seen = others.map(({ manifest }) => JSON.stringify(manifest.anomaly)).join(", ");
      return `no bundle of ${JSON.stringify(wanted)}; others: ${seen}; log: ${await this.log()}`;
    });
    return found!;
  }

  /** Waits until nothing is collected and returns what was sealed since the last call. */
  async settled(): Promise<Bundle[]> {
    const collecting = `ls -A ${BATCHES} 2>/dev/null | grep -q '^\\.aod_quick'`;
    await until(
      async () => (await this.#vm.run(collecting)).code !== 0,
      BUNDLE_MS,
      async () => `bundles are still being collected: ${await this.#vm.check(`ls -A ${BATCHES}`)}`,
    );
    const bundles: Bundle[] = [];
    for (const id of await bundleIds(this.#vm)) {
      if (!this.#old.has(id)) bundles.push(await this.#open(id));
      this.#old.add(id);
    }
    return bundles;
  }

  /** The follow-up file of a bundle; null while there is none. */
  async followup(id: string): Promise<Record<string, unknown> | null> {
    const { code, stdout } = await this.#vm.run(`cat ${BATCHES}/${id}.followup.json`);
    return code === 0 ? JSON.parse(stdout) : null;
  }

  /** Runs `aod` with these arguments in the guest. */
  aod(args: string): Promise<string> {
    return this.#vm.check(`${AOD} ${args}`);
  }

  /** Stops it by SIGTERM and returns how it ended; safe to call twice. */
  async stop(): Promise<CommandResult> {
    if (this.#stopped === undefined) {
      await this.#command.kill("TERM");
      this.#stopped = await this.#command.wait({ timeoutMs: STOP_MS });
    }
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #open(id: string): Promise<Bundle> {
    const known = this.#opened.get(id);
    if (known !== undefined) return known;
    const bundle = await openBundle(await this.#vm.get(`${BATCHES}/aod_quick_${id}.tar.zst`), id);
    this.#opened.set(id, bundle);
    return bundle;
  }
}

/** A file system of its own for the bundles, so that they find the space the defaults reserve. */
export async function makeOutputDirectory(vm: Vm): Promise<void> {
  await vm.check("mkdir -p /var/log/aod && mount -t tmpfs -o size=600m,mode=0700 aod /var/log/aod");
}

/** Starts the agent on a configuration (null: the embedded one) and waits until it watches. */
export async function startAgent(vm: Vm, config: string | null): Promise<Agent> {
  if (config !== null) await vm.put(CONFIG, config);
  const option = config === null ? "" : ` --config ${CONFIG}`;
  const old = await bundleIds(vm);
  const agent = new Agent(vm, await vm.start(`exec ${AOD}${option}`), old);
  await agent.logged(/ready in/);
  return agent;
}

/** Ids of the sealed bundles, oldest first. */
async function bundleIds(vm: Vm): Promise<string[]> {
  const names = await vm.check(`ls ${BATCHES} 2>/dev/null; true`);
  return [...names.matchAll(/^aod_quick_(\d{19})\.tar\.zst$/gm)].map((match) => match[1]).sort();
}

/** Polls until it holds. */
export async function until(
  holds: () => Promise<boolean>,
  timeoutMs: number,
  complaint: () => Promise<string>,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!await holds()) {
    if (performance.now() >= deadline) assert.fail(await complaint());
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
