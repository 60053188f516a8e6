/** Which failures and connection events count. */
import assert from "node:assert/strict";
import { FLAG, TYPE } from "../../../src/detect/fields.ts";
import type { CountedAnomaly, ErrorAnomaly } from "../../../src/config/types.ts";
import type { Row } from "../../support/columns.ts";
import {
  Bed,
  configOf,
  DENIED,
  errorAnomaly,
  failed,
  MORE_PROCESSING,
  SEC,
  slowRead,
} from "../../support/detect.ts";

Deno.test("errors are judged by NTSTATUS: a logon is none, a denied access is one", () => {
  const bed = new Bed(configOf([errorAnomaly()]));
  const fate = bed.feed([failed(MORE_PROCESSING, -5), failed(DENIED, -13), failed(0, 0)]);
  assert.equal(bed.anomalies.length, 1);
  assert.equal(bed.anomalies[0].patterns[0].code, "Sc0000022");
  assert.deepEqual([fate.counted, fate.benign, fate.ignored], [1, 1, 1]);
});

Deno.test("a benign status counts where it is named; its errno does not name it", () => {
  const status = [{ kind: "ntstatus", value: MORE_PROCESSING, name: "S" } as const];
  const errno = [{ kind: "errno", value: 5, name: "EIO" } as const];
  const by = (change: Partial<ErrorAnomaly>) => {
    const bed = new Bed(configOf([errorAnomaly({ all_failures: false, ...change })]));
    bed.feed([failed(MORE_PROCESSING, -5)]);
    return bed.anomalies.length;
  };
  assert.equal(by({ track_codes: status }), 1);
  assert.equal(by({ track_codes: errno }), 0);
});

Deno.test("errors of operations and connections count by errno; exclusions hold", () => {
  const rows: Row[] = [
    { type: TYPE.OP_ERROR, error: -112, end_ns: SEC },
    { type: TYPE.CONNECT_ERROR, error: -111, end_ns: SEC },
    failed(DENIED, -13),
    failed(0xc0000043, -16),
  ];
  const counts = (change: Partial<ErrorAnomaly>) => {
    const bed = new Bed(configOf([errorAnomaly(change)]));
    bed.feed(rows);
    return bed.anomalies.length;
  };
  const hostDown = { kind: "errno", value: 112, name: "EHOSTDOWN" } as const;
  const denied = { kind: "ntstatus", value: DENIED, name: "STATUS_ACCESS_DENIED" } as const;
  assert.equal(counts({}), 4);
  assert.equal(counts({ exclude_codes: [hostDown, denied] }), 2);
  assert.equal(counts({ all_failures: false, track_codes: [hostDown] }), 1);
  assert.equal(counts({ all_failures: false, track_codes: [denied] }), 1);
});

Deno.test("an interrupted caller is no failure", () => {
  const bed = new Bed(configOf([errorAnomaly()]));
  bed.feed([failed(0, -512, { flags: FLAG.DROPPED }), failed(0, -4, { flags: FLAG.DROPPED })]);
  assert.equal(bed.anomalies.length, 0);
});

Deno.test("reconnects and credit starvation count apart", () => {
  const base: CountedAnomaly = {
    name: "reconnect",
    type: "reconnect",
    tool: "smbiosnoop",
    mode: "all",
    acceptable_count: 2,
    cooldown_sec: 30,
    group_by: "none",
    actions: [],
    params: {},
  };
  const bed = new Bed(configOf([base, { ...base, name: "credit", type: "credit" }]));
  bed.feed([
    { type: TYPE.RECONNECT, end_ns: SEC },
    { type: TYPE.CREDIT, end_ns: SEC },
    slowRead(SEC),
    { type: TYPE.RECONNECT, end_ns: SEC + 1n },
  ]);
  assert.deepEqual(bed.anomalies.map((a) => [a.name, a.type, a.count]), [
    ["reconnect", "reconnect", 2],
  ]);
});
