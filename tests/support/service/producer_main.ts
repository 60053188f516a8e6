/**
 * The agent with its real workers on the ring of a test producer instead of the SMB probe:
 * `producer_main.ts CONFIG RUN_DIR`. Each line on stdin is a {@linkcode ProducerOrder}; each answer a
 * line on stdout. AOD_TEST_HANG_MS shortens the time after which a silent worker hangs.
 * @module
 */
import { TextLineStream } from "./lines.ts";
import { runAgent } from "../../../src/service/agent.ts";
import { defaultParts } from "../../../src/service/default_parts.ts";
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
const hang_ms = Number(Deno.env.get("AOD_TEST_HANG_MS") ?? "15000");
void obey();
Deno.exit(
  await runAgent({
    configPath: file,
    logFormat: "text",
    minimal: false,
    runDir,
    parts: {
      ...parts,
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
