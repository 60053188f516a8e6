/** The event log's budget. @module */
import assert from "node:assert/strict";
import {
  LOG_EVENT_BYTES,
  LOG_EVENT_OFFSET as AT,
  LOG_GAP_OFFSET,
  LOG_PATH_BYTES,
  LOG_TYPE,
} from "../../../../src/probe/event_log/layout.gen.ts";
import { noCounts } from "../../../../src/probe/event_log/record_counts.ts";
import { BudgetFormatter } from "../../../../src/service/event_log/budget.ts";
import { ByteBuffer } from "../../../../src/sink/byte_buffer.ts";
import type { Formatter } from "../../../../src/sink/formatter.ts";

const SECOND = 1_000_000_000n;

/** Keeps what it is given. */
class Kept implements Formatter {
  readonly counts = noCounts();
  events = 0;
  paths = 0;
  gaps: { cpu: number; events: bigint; first_ns: bigint; last_ns: bigint }[] = [];
  begin = () => null;
  snapshot = () => {};

  record(data: DataView, offset: number): boolean {
    const type = data.getUint16(offset, true);
    const u64 = (at: number) => data.getBigUint64(offset + at, true);
    if (type === LOG_TYPE.GAP) {
      this.gaps.push({
        cpu: data.getUint16(offset + LOG_GAP_OFFSET.cpu, true),
        events: u64(LOG_GAP_OFFSET.events),
        first_ns: u64(LOG_GAP_OFFSET.first_ns),
        last_ns: u64(LOG_GAP_OFFSET.last_ns),
      });
    } else if (type === LOG_TYPE.PATH) this.paths++;
    else this.events++;
    return type >= LOG_TYPE.CREATE;
  }
}

function event(cpu: number, start_ns: bigint, duration_ns = 0n): DataView {
  const record = new DataView(new ArrayBuffer(LOG_EVENT_BYTES));
  record.setUint16(AT.type, LOG_TYPE.READ, true);
  record.setUint16(AT.cpu, cpu, true);
  record.setBigUint64(AT.start_ns, start_ns, true);
  record.setBigUint64(AT.duration_ns, duration_ns, true);
  return record;
}

function budget(perSecond: number) {
  const kept = new Kept();
  const formatter = new BudgetFormatter(kept, perSecond);
  const out = new ByteBuffer();
  const give = (record: DataView) => formatter.record(record, 0, record.byteLength, out);
  return { kept, formatter, out, give };
}

Deno.test("so many events of each second pass; the others are counted and told as gaps of their CPU", () => {
  const { kept, formatter, give } = budget(3);
  const base = 5n * SECOND;
  for (let i = 0n; i < 10n; i++) give(event(Number(i % 2n), base + i, 100n));
  assert.equal(kept.events, 3);
  assert.equal(formatter.dropped, 7);
  assert.deepEqual(kept.gaps, [], "told when the second is over");
  give(event(0, base + SECOND));
  assert.equal(kept.events, 4);
  assert.deepEqual(kept.gaps, [
    { cpu: 1, events: 4n, first_ns: base + 103n, last_ns: base + 109n },
    { cpu: 0, events: 3n, first_ns: base + 104n, last_ns: base + 108n },
  ]);
});

Deno.test("an event that comes late does not fill the budget again", () => {
  const { kept, formatter, give } = budget(2);
  const times = [10n, 10n, 9n, 10n, 3n].map((second) => second * SECOND);
  for (const time of times) give(event(0, time));
  assert.equal(kept.events, 2);
  assert.equal(formatter.dropped, 3);
});

Deno.test("paths always pass; what was not told of is told at the end, once", () => {
  const { kept, formatter, give, out } = budget(1);
  const path = new DataView(new ArrayBuffer(LOG_PATH_BYTES));
  path.setUint16(0, LOG_TYPE.PATH, true);
  for (let i = 0; i < 3; i++) {
    give(event(0, SECOND));
    give(path);
  }
  assert.equal(kept.paths, 3);
  formatter.tell(out);
  formatter.tell(out);
  assert.deepEqual(kept.gaps.map(({ events }) => events), [2n]);
});
