/**
 * `aod trace` live: from the load of the probe to the ledger.
 * @module
 */
import { wallOffsetNs } from "../../os/clock.ts";
import { setNice } from "../../os/priority.ts";
import { effectiveUid } from "../../os/process.ts";
import { reasonOf } from "../../os/reason.ts";
import { ProbeError } from "../../probe/error.ts";
import { readGaps, readLogCounters } from "../../probe/event_log/counters.ts";
import { LogFilterError } from "../../probe/event_log/filters.ts";
import { eventTypeOf } from "../../probe/event_log/event_types.ts";
import { type EventLogProbe, loadEventLog } from "../../probe/event_log/load.ts";
import { processSnapshot } from "../../probe/event_log/snapshot.ts";
import { syscallName } from "../../probe/event_log/syscalls.ts";
import type { Formatter } from "../../sink/formatter.ts";
import { gapRecord } from "../../sink/gap_record.ts";
import { ledgerText, logLedger } from "../../sink/ledger.ts";
import { LogPump } from "../../sink/pump.ts";
import { FilteringFormatter } from "../../sink/record_filter.ts";
import { EXIT, type ExitCode, ExitError } from "../exit.ts";
import { describePrograms, startCounts } from "./debug.ts";
import { Ending } from "./ending.ts";
import { formatterOf } from "./formatters.ts";
import { closeSink, exitOf, exportLedger, openSink } from "./output.ts";
import type { TracePlan } from "./plan.ts";

/** What the output has not taken after this time is given up, and counted. */
const FINISH_MS = 3_000;
/** Programs that have begun when the log is ended write their events meanwhile. */
const SETTLE_MS = 20;

/** Before all that is logged: who reads the ring must not wait for who fills it. */
const NICE = -20;

/** A snapshot is filtered without looking at records. */
const NO_DECODING = { offset_ns: 0n, cpus: 1, syscallName: () => undefined };

const say = (text: string) => console.error(`aod trace: ${text}`);

/**
 * Logs until Ctrl-C, SIGTERM, the end of the duration, or until the output takes no more.
 * @returns the exit code
 * @throws ExitError where it cannot begin
 */
export async function traceLive(plan: TracePlan): Promise<ExitCode> {
  if (effectiveUid() !== 0) {
    throw new ExitError(EXIT.notRoot, "Cannot trace: because aod trace needs root (try sudo)");
  }
  const ending = new Ending();
  goFirst();
  try {
    const probe = load(plan);
    try {
      return await logTo(probe, plan, ending);
    } finally {
      probe.close();
    }
  } finally {
    ending.close();
  }
}

/** Where that is not permitted it is said: the log then loses events sooner. */
function goFirst(): void {
  try {
    setNice(NICE);
  } catch (error) {
    say(`Cannot raise the priority: because ${reasonOf(error)}`);
  }
}

function load(plan: TracePlan): EventLogProbe {
  const { types, filters, ring_bytes, debug } = plan;
  try {
    return loadEventLog({ types, filters, ring_bytes, leave_out_self: true });
  } catch (error) {
    if (error instanceof LogFilterError) throw new ExitError(EXIT.usage, error.message);
    if (!(error instanceof ProbeError)) throw error;
    if (debug && error.log !== "") console.error(error.log);
    const hint = debug || error.log === "" ? "" : " (-d shows what the verifier says)";
    throw new ExitError(EXIT.unsupported, error.message + hint);
  }
}

async function logTo(probe: EventLogProbe, plan: TracePlan, ending: Ending): Promise<ExitCode> {
  const { handles } = probe;
  const formatter = formatterOf(plan, {
    offset_ns: wallOffsetNs(),
    cpus: handles.possible_cpus,
    syscallName: (number) => syscallName(number) ?? undefined,
  });
  const sink = await openSink(plan, formatter, say);
  const pump = new LogPump(handles, formatter, sink);
  try {
    if (plan.debug) describePrograms(probe).forEach(say);
    ending.onEnd(() => pump.stop());
    if (plan.duration_sec !== null) ending.after(plan.duration_sec);
    const counts = plan.debug ? startCounts(probe, pump, say) : null;
    await runWithSnapshot(probe, pump, formatter, plan, ending);
    counts?.end();
    await finish(probe, pump, formatter);
    const failure = await closeSink(sink) ?? pump.failure;
    const ledger = logLedger(readLogCounters(handles), pump.counts);
    if (plan.ledger_path !== null) exportLedger(ledger, plan.ledger_path);
    const quiet = failure?.reason === "closed_pipe";
    if (failure !== null && !quiet) say(failure.message);
    if (!quiet) ledgerText(ledger).forEach(say);
    return exitOf(failure, ending.code);
  } finally {
    pump.close();
  }
}

/**
 * Tells of the processes that exist, then of what happens; of both at once where so much happens that
 * the ring would not hold it.
 */
async function runWithSnapshot(
  { handles }: EventLogProbe,
  pump: LogPump,
  formatter: Formatter,
  plan: TracePlan,
  ending: Ending,
): Promise<void> {
  let running: Promise<void> | null = null;
  if (wantsSnapshot(plan)) {
    const filter = new FilteringFormatter(formatter, plan.types, plan.filters, NO_DECODING);
    for await (const process of processSnapshot({ leave_out: new Set([Deno.pid]) })) {
      if (ending.code !== null || pump.failure !== null) break;
      pump.put((out) => filter.snapshot(process, out));
      if (pump.backlog() > handles.ring_bytes / 4) running ??= pump.run();
    }
  }
  say(`logging ${plan.types.size} event types; Ctrl-C ends it`);
  await (running ?? pump.run());
}

/** Who reads text has not asked for processes where no event of them is wanted. */
function wantsSnapshot({ format, types }: TracePlan): boolean {
  return format !== "text" || [...types].some((type) => eventTypeOf(type)?.category === "process");
}

/** Ends the kernel side, then takes what is left in the ring, and the gaps nobody told of. */
async function finish(probe: EventLogProbe, pump: LogPump, formatter: Formatter): Promise<void> {
  // The filters stay: without them the last events would be those of everybody.
  probe.setTypes(new Set());
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  await pump.finish(FINISH_MS);
  for (const gap of readGaps(probe.handles)) {
    const record = gapRecord(gap);
    pump.put((out) => formatter.record(record, 0, record.byteLength, out));
  }
  await pump.finish(FINISH_MS);
}
