/**
 * Packets of the SMB port. Plain: a capture of the seconds after the anomaly. `ring: true`: a bounded
 * capture runs all the time, so that the packets before the anomaly are there.
 * @module
 */
import type { ActionSpec } from "../../config/types.ts";
import { reasonOf } from "../files.ts";
import { CHILD_ENVIRONMENT, findProgram, missingProgram } from "../programs.ts";
import { type Action, type Background, numberOf, type Step, textOf } from "./action.ts";
import { PacketRing } from "./packet_ring.ts";

const OUTPUT = "tcpdump.pcap";
/** tcpdump writes what it holds on SIGUSR2; the pipe needs a moment. */
const FLUSH_MS = 100;
const RESTART_MS = 30_000;

/**
 * The ring reads packets in the kernel's blocks, up to a second late: cheap, and the tail's wait is
 * longer. A capture that ends would lose its last block, so it reads each packet at once.
 */
function argv(spec: ActionSpec, mode: "ring" | "plain"): string[] {
  return [
    "tcpdump",
    ...(mode === "plain" ? ["--immediate-mode"] : []),
    ...["-i", textOf(spec, "interface", "any"), "-n", "-w", "-"],
    ...["-s", String(numberOf(spec, "snaplen", 256))],
    ...["port", String(numberOf(spec, "port", 445))],
  ];
}

/** The capture that runs between anomalies. */
class RingCapture implements Background {
  readonly #spec: ActionSpec;
  #ring: PacketRing;
  #child: Deno.ChildProcess | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;
  #fault = "";

  constructor(spec: ActionSpec) {
    this.#spec = spec;
    this.#ring = new PacketRing(spec.max_output_kb * 1024);
    this.#start();
  }

  steps(): Step[] {
    return [{
      kind: "bytes",
      output: OUTPUT,
      read: async () => {
        if (this.#child !== null) this.#signal(this.#child, "SIGUSR2");
        await new Promise((resolve) => setTimeout(resolve, FLUSH_MS));
        return this.#ring.contents();
      },
      note: () => this.#fault || `ring: ${this.#ring.droppedBytes} bytes of packets made room`,
    }];
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    if (this.#child === null) return;
    this.#signal(this.#child, "SIGKILL");
    await this.#child.status;
  }

  #start(): void {
    const [name, ...args] = argv(this.#spec, "ring");
    const program = findProgram(name);
    if (program === null) {
      this.#fault = missingProgram(name);
      return;
    }
    try {
      this.#child = new Deno.Command(program, {
        args,
        cwd: "/",
        clearEnv: true,
        env: CHILD_ENVIRONMENT,
        stdin: "null",
        stdout: "piped",
        stderr: "null",
        detached: true,
      }).spawn();
    } catch (error) {
      this.#fault = `Cannot start ${name}: because ${reasonOf(error)}`;
      this.#startLater();
      return;
    }
    void this.#follow(this.#child);
  }

  #startLater(): void {
    this.#timer = setTimeout(() => {
      this.#fault = "";
      // A new stream begins with a header of its own: what was kept before cannot be joined to it.
      this.#ring = new PacketRing(this.#spec.max_output_kb * 1024);
      this.#start();
    }, RESTART_MS);
  }

  async #follow(child: Deno.ChildProcess): Promise<void> {
    try {
      for await (const piece of child.stdout) this.#ring.push(piece);
    } catch (error) {
      this.#fault = reasonOf(error);
      this.#signal(child, "SIGKILL");
    }
    const { code } = await child.status;
    this.#child = null;
    if (this.#stopped) return;
    this.#fault ||= `the ring's tcpdump ended with status ${code} and is started again`;
    this.#startLater();
  }

  #signal(child: Deno.ChildProcess, signal: Deno.Signal): void {
    try {
      Deno.kill(-child.pid, signal);
    } catch {
      // It is gone already.
    }
  }
}

/** The action `tcpdump`. */
export const tcpdump: Action = {
  name: "tcpdump",
  description: "Packets of the SMB port, headers only.",
  timeout_sec: 15,
  max_output_kb: 16_384,
  params: {
    duration_sec: {
      default: 10,
      description: "Length of the capture.",
      unit: "s",
      min: 1,
      max: 120,
    },
    ring: {
      default: false,
      description:
        "Keep a bounded capture running, so that the packets before the anomaly are there.",
    },
    snaplen: {
      default: 256,
      description: "Bytes kept of each packet.",
      unit: "bytes",
      min: 64,
      max: 65_535,
    },
    port: { default: 445, description: "TCP port of the server.", min: 1, max: 65_535 },
    interface: {
      default: "any",
      description: "Network interface.",
      // IFNAMSIZ is 16 with the NUL (include/uapi/linux/if.h).
      pattern: /^[A-Za-z0-9_.:@][A-Za-z0-9_.:@-]{0,14}$/,
      allowed: "the name of a network interface",
    },
  },
  phase: "tail",
  programs: ["tcpdump"],
  plan: ({ spec }) => [{
    kind: "command",
    argv: argv(spec, "plain"),
    output: OUTPUT,
    timeout_ms: numberOf(spec, "duration_sec", 10) * 1000,
    until_limit: true,
    stop_signal: "SIGINT",
  }],
  background: (spec) => spec.params.ring === true ? new RingCapture(spec) : null,
};
