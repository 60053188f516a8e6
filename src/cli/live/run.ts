/**
 * A live tool from start to end: loads a probe of its own beside the agent's, prints what it
 * reports, says at the end where everything went.
 * @module
 */
import { moduleLoaded } from "../../bpf/kernel_btf.ts";
import { loadConfig } from "../../evidence/configuration.ts";
import type { AnomalyConfig } from "../../config/types.ts";
import { requestObject } from "../../evidence/requests_jsonl.ts";
import { wallOffsetNs } from "../../os/clock.ts";
import { effectiveUid } from "../../os/process.ts";
import { loadSmbProbe, ProbeError, type SmbProbe } from "../../probe/smb/load.ts";
import { NameResolver, seedNames } from "../../probe/smb/names.ts";
import type { SmbRequest } from "../../probe/smb/request.ts";
import { applyRules } from "../../probe/smb/rules.ts";
import { EXIT, type ExitCode, ExitError } from "../exit.ts";
import { printJson, printLine, terminalWidth } from "../output.ts";
import { Ending } from "./ending.ts";
import { ledgerLine, liveLedger, type ToolCounts } from "./ledger.ts";
import type { LiveOptions } from "./options.ts";
import { LiveReader } from "./reader.ts";
import { heading, requestLine } from "./text.ts";

/** Time between two looks whether cifs has been loaded. */
const CIFS_POLL_MS = 500;

/**
 * Runs until Ctrl-C, SIGTERM, the end of the duration, or until nobody reads the output.
 * @param wanted what the kernel side reports
 * @param accepts a last look at each record, for what the kernel side cannot tell apart
 * @returns the exit code
 * @throws ExitError where it cannot begin
 */
export async function runLive(
  wanted: AnomalyConfig,
  options: LiveOptions,
  accepts: (request: SmbRequest) => boolean = () => true,
): Promise<ExitCode> {
  const tool = wanted.tool;
  if (effectiveUid() !== 0) {
    throw new ExitError(EXIT.notRoot, `Cannot trace: because ${tool} needs root (try sudo)`);
  }
  const ending = new Ending();
  const interrupt = () => ending.end(EXIT.interrupted);
  const terminate = () => ending.end(EXIT.ok);
  Deno.addSignalListener("SIGINT", interrupt);
  Deno.addSignalListener("SIGTERM", terminate);
  const timer = options.duration_sec === null
    ? undefined
    : setTimeout(terminate, options.duration_sec * 1000);
  try {
    const probe = await whenCifsIsThere(tool, ending);
    if (probe !== null) await trace(probe, wanted, options, accepts, ending);
    return ending.code ?? EXIT.ok;
  } finally {
    clearTimeout(timer);
    Deno.removeSignalListener("SIGINT", interrupt);
    Deno.removeSignalListener("SIGTERM", terminate);
  }
}

/** Loads the probe; waits for cifs where it is absent. Null when told to end meanwhile. */
async function whenCifsIsThere(tool: string, ending: Ending): Promise<SmbProbe | null> {
  let said = false;
  while (ending.code === null) {
    try {
      const { probe } = loadConfig(null).config;
      // Nobody reads this instance's flight recorder; a share that holds our output must not feed us.
      return loadSmbProbe({
        probe: { ...probe, recorder_slots: 2 },
        emit_names: true,
        leave_out_self: true,
      });
    } catch (error) {
      if (!(error instanceof ProbeError)) throw error;
      if (error.reason !== "cifs_absent") throw new ExitError(EXIT.unsupported, error.message);
      if (!said) console.error(`${tool}: the cifs module is not loaded; waiting for it`);
      said = true;
    }
    while (ending.code === null && !moduleLoaded("cifs")) await ending.pause(CIFS_POLL_MS);
  }
  return null;
}

async function trace(
  probe: SmbProbe,
  wanted: AnomalyConfig,
  options: LiveOptions,
  accepts: (request: SmbRequest) => boolean,
  ending: Ending,
): Promise<void> {
  const { handles } = probe;
  const counts: ToolCounts = { records: 0n, shown: 0n, filtered: 0n, malformed: 0n };
  const show = printer(new NameResolver(handles), options);
  const reader = new LiveReader(handles, (request) => {
    const other = options.pid !== undefined && request.pid !== options.pid;
    if (other || !accepts(request)) {
      counts.filtered++;
      return;
    }
    show(request);
    counts.shown++;
  });
  try {
    const { config } = loadConfig(null);
    seedNames(handles);
    applyRules(handles, { ...config, guardian: { anomalies: [wanted] } });
    if (probe.fallback_reason !== "") console.error(`${wanted.tool}: ${probe.fallback_reason}`);
    console.error(`${wanted.tool}: tracing by ${handles.mode}; Ctrl-C ends it`);
    if (!options.json) printLine(heading(terminalWidth()));
    ending.listen(() => reader.stop());
    if (ending.code !== null) reader.stop();
    await reader.run();
    reader.drain();
    const { records, malformed } = reader.counts;
    const ledger = liveLedger(handles, { ...counts, records, malformed });
    console.error(ledgerLine(wanted.tool, ledger));
  } finally {
    reader.close();
    probe.close();
  }
}

/** Prints a request the way that was asked for. */
function printer(names: NameResolver, options: LiveOptions): (request: SmbRequest) => void {
  if (options.json) {
    return (request) => printJson(requestObject(request, names, wallOffsetNs()));
  }
  const terminal = terminalWidth();
  return (request) => printLine(requestLine(request, names, wallOffsetNs(), terminal));
}
