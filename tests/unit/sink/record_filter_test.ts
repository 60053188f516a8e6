/** Filters on records that were kept let through what those of the kernel side would have. @module */
import assert from "node:assert/strict";
import type { LogFilters } from "../../../src/probe/event_log/filters.ts";
import { LOG_TYPE } from "../../../src/probe/event_log/layout.gen.ts";
import { ByteBuffer } from "../../../src/sink/byte_buffer.ts";
import { JsonFormatter } from "../../../src/sink/json.ts";
import { FilteringFormatter } from "../../../src/sink/record_filter.ts";
import { bytesOf, eventRecord, type RecordFields } from "../../support/event_log/log_records.ts";

const { FORK, EXIT, KILL } = LOG_TYPE;
const OPTIONS = { offset_ns: 0n, cpus: 1, syscallName: () => "kill" };

/** Which of the events pass. */
function passing(filters: LogFilters, events: readonly RecordFields[], types = [FORK, EXIT, KILL]) {
  const inner = new JsonFormatter(OPTIONS);
  const filter = new FilteringFormatter(inner, new Set<number>(types), filters, OPTIONS);
  return events.map((fields) => {
    const record = eventRecord(fields);
    return filter.record(new DataView(record.buffer), 0, record.length, new ByteBuffer());
  });
}

Deno.test("filter of records: children are followed until their process ends", () => {
  const fork = { type: FORK, tgid: 10, args: [10n, 20n, 20n] };
  const kill = { type: KILL, tgid: 20 };
  const threadEnds = { type: EXIT, tgid: 20, tid: 21, args: [0n, 120n, 0n] };
  const ends = { type: EXIT, tgid: 20, args: [0n, 120n, 1n] };
  const events = [kill, fork, kill, threadEnds, kill, ends, kill];
  const filters = { pids: [10], follow_children: true };
  assert.deepEqual(passing(filters, events), [false, true, true, true, true, true, false]);
  // Also where forks and exits are not wanted themselves.
  const wanted = [false, false, true, false, true, false, false];
  assert.deepEqual(passing(filters, events, [KILL]), wanted);
  assert.deepEqual(passing({ pids: [20] }, events), [true, false, true, true, true, true, true]);
});

Deno.test("filter of records: a name ends at its NUL, whatever older kernels have left behind", () => {
  const comm = bytesOf("cat\0-old-name");
  assert.deepEqual(passing({ comm: "cat" }, [{ type: KILL, comm }]), [true]);
  assert.deepEqual(passing({ comm: "ca" }, [{ type: KILL, comm }]), [false]);
  assert.deepEqual(passing({ comm: "cat-old" }, [{ type: KILL, comm }]), [false]);
});
