/**
 * The SMB probe in a guest, by itself: loaded as the agent loads it, every record written out.
 * @module
 */
import * as esbuild from "esbuild";
import type { Config } from "../../../src/config/types.ts";
import type { SMB_COUNTER } from "../../../src/probe/smb/layout.gen.ts";
import type { SmbRequest } from "../../../src/probe/smb/request.ts";
import type { Rules } from "../../support/smb_rules.ts";
import { ROOT } from "./cache.ts";
import type { BackgroundCommand, Vm } from "./vm.ts";

/** What the probe is loaded with. */
export interface DumpOptions {
  rules: Rules;
  probe: Partial<Config["probe"]> & Pick<Config["probe"], "hook_mode">;
}

/** A record, with the names of its server and share. */
export interface DumpedRequest extends SmbRequest {
  server: string;
  share: string;
}

/** What the probe has given until it was stopped. */
export interface Dump {
  mode: "fentry" | "raw_tp";
  /** What came through the ring, with names. */
  records: DumpedRequest[];
  /** What the flight recorder holds. */
  recorder: DumpedRequest[];
  counters: Partial<Record<keyof typeof SMB_COUNTER, number>>;
  started: number;
  in_flight: number;
  /** Records with something behind the end of a text field. */
  dirty: number;
}

/**
 * In the guest as in a checkout: the bundle stands for a module of src/os, so that it finds the
 * built object and library where the sources would.
 */
const GUEST_ROOT = "/probe";
const GUEST_SCRIPT = `${GUEST_ROOT}/src/os/probe_dump.ts`;

/** Files for the guest: Deno, the bundled program, the object and the library that the build made. */
export async function guestProbeFiles(): Promise<Record<string, string | Uint8Array>> {
  try {
    const bundle = await esbuild.build({
      absWorkingDir: ROOT,
      entryPoints: ["tests/vm/support/guest/probe_dump.ts"],
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "esnext",
    });
    return {
      "/usr/bin/deno": Deno.execPath(),
      [GUEST_SCRIPT]: bundle.outputFiles[0].contents,
      [`${GUEST_ROOT}/build/bpf/smb.bpf.o`]: `${ROOT}/build/bpf/smb.bpf.o`,
      [`${GUEST_ROOT}/build/libaodnative.so`]: `${ROOT}/build/libaodnative.so`,
    };
  } finally {
    await esbuild.stop();
  }
}

/** A probe at work in the guest. */
export class GuestProbe {
  readonly #command: BackgroundCommand;

  private constructor(command: BackgroundCommand) {
    this.#command = command;
  }

  /** Returns when all programs are attached. @throws Error with what it printed if it cannot */
  static async start(vm: Vm, options: DumpOptions): Promise<GuestProbe> {
    const json = JSON.stringify(options, (_key, v) => typeof v === "bigint" ? `${v}n` : v);
    const command = await vm.start(`exec deno run -A --quiet ${GUEST_SCRIPT} '${json}'`);
    const ended = command.wait({ timeoutMs: 300_000 });
    for (;;) {
      const { stdout } = await command.output();
      if (stdout.includes('"ready"')) return new GuestProbe(command);
      const over = await Promise.race([ended, pause(100)]);
      if (over !== undefined) {
        throw new Error(`Cannot load the probe: ${over.stderr}${over.stdout}`);
      }
    }
  }

  /** Stops it and returns what it has seen. */
  async stop(): Promise<Dump> {
    await this.#command.kill("TERM");
    const { code, stdout, stderr } = await this.#command.wait();
    if (code !== 0) throw new Error(`the probe ended with ${code}: ${stderr}`);
    const line = stdout.trimEnd().split("\n").at(-1) ?? "";
    return JSON.parse(
      line,
      (_key, v) => typeof v === "string" && /^-?\d+n$/.test(v) ? BigInt(v.slice(0, -1)) : v,
    ).dump;
  }
}

/** What the probe sees while `work` runs. */
export async function observe(
  vm: Vm,
  options: DumpOptions,
  work: () => Promise<unknown>,
): Promise<Dump> {
  const probe = await GuestProbe.start(vm, options);
  try {
    await work();
  } catch (error) {
    await probe.stop();
    throw error;
  }
  return await probe.stop();
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
