/**
 * The agent with its real workers on the ring of a test producer instead of the SMB probe:
 * `producer_main.ts CONFIG RUN_DIR`. Each line on stdin is a {@linkcode ProducerOrder}; each answer a
 * line on stdout. AOD_TEST_HANG_MS shortens the time after which a silent worker hangs;
 * AOD_TEST_EVENT_LOG_THROW=MS:LIVES has the event log's worker throw so long after its start, in its
 * first LIVES lives; AOD_TEST_PLATFORM_THROW the same of the platform's. AOD_TEST_BUDGET_MS has the
 * budget look at the cost so often, and act as soon.
 * AOD_TEST_PLANT=FILE has the platform's worker measure what FILE says (planting_worker.ts).
 * @module
 */
import { TextLineStream } from "./lines.ts";
import { runAgent } from "../../../src/service/agent.ts";
import { defaultParts } from "../../../src/service/default_parts.ts";
import type { WorkerRole } from "../../../src/service/messages.ts";
import type { WorkerHandle } from "../../../src/service/supervisor_options.ts";
import { Producer } from "../producer.ts";

/** Records to write into the ring. */
export interface ProducerOrder {
  count: number;
  /** Union of `PRODUCE`. */
  flags: number;
  /** MS-SMB2 code. */
  command: number;
  latency_ms: number;
}

const [file, runDir] = Deno.args;
let producer: Producer | null = null;

/** The ring is as large as the configuration says. */
function load(ring_bytes: number): Producer {
  producer = new Producer({ ring_bytes });
  return producer;
}

async function obey(): Promise<void> {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    const { command, latency_ms, count, flags } = JSON.parse(line) as ProducerOrder;
    if (producer === null) throw new Error("Cannot produce: because no probe is loaded");
    producer.setRequest(command, BigInt(Math.round(latency_ms * 1e6)));
    console.log(JSON.stringify(producer.produce(count, flags)));
  }
}

const parts = defaultParts();
const spawned = new Map<WorkerRole, number>();

function spawn(role: WorkerRole): WorkerHandle {
  const planted = Deno.env.get("AOD_TEST_PLANT");
  if (role === "platform" && planted !== undefined) {
    const url = new URL("./planting_worker.ts", import.meta.url);
    url.searchParams.set("path", planted);
    return new Worker(url, { type: "module", name: role });
  }
  const order = Deno.env.get(`AOD_TEST_${role.toUpperCase()}_THROW`) ?? "0:0";
  const [throw_ms, lives] = order.split(":");
  const life = (spawned.get(role) ?? 0) + 1;
  spawned.set(role, life);
  if (life > Number(lives)) return parts.spawn(role);
  const url = new URL("./throwing_worker.ts", import.meta.url);
  url.searchParams.set("after_ms", throw_ms);
  return new Worker(url, { type: "module", name: role });
}

const hang_ms = Number(Deno.env.get("AOD_TEST_HANG_MS") ?? "15000");
const look_ms = Number(Deno.env.get("AOD_TEST_BUDGET_MS") ?? "0");
const pace = { look_ms, over_sec: look_ms / 1000, below_sec: look_ms / 1000 };
void obey();
Deno.exit(
  await runAgent({
    configPath: file,
    logFormat: "text",
    minimal: false,
    runDir,
    parts: {
      ...parts,
      spawn,
      ...(look_ms > 0 ? { pace } : {}),
      probe: {
        load: ({ probe }) => {
          const { handles } = load(probe.ring_size_kb * 1024);
          return { handles, programs: [], fallback_reason: "", close: () => producer?.close() };
        },
        applyRules: () => {},
        seedNames: () => {},
        cifsLoaded: () => true,
      },
      supervision: { hang_ms },
    },
  }),
);
