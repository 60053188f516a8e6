/** The agent's budget: what is shed when, and what comes back. @module */
import assert from "node:assert/strict";
import { Budget, SHEDDING } from "../../../../src/service/platform/budget.ts";

const MB = 2 ** 20;
const LIMITS = { cpu_percent: 10, rss_mb: 100 };
const LOW = { cpu_percent: 1, rss_bytes: 10 * MB };
const BUSY = { cpu_percent: 11, rss_bytes: 10 * MB };
const LARGE = { cpu_percent: 1, rss_bytes: 101 * MB };

/** Judges the same cost every ten seconds; what was shed (+) or came back (-). */
function during(budget: Budget, cost: typeof LOW, from: number, seconds: number): string[] {
  const changes: string[] = [];
  for (let at = from; at < from + seconds; at += 10) {
    const change = budget.judge(cost, at);
    if (change !== null) changes.push(`${change.shed ? "+" : "-"}${change.part} ${at - from}`);
  }
  return changes;
}

Deno.test("over the budget one part goes a minute, in the stated order, and no more than there are", () => {
  const budget = new Budget(LIMITS);
  assert.deepEqual(during(budget, BUSY, 0, 600), ["+tracers 60", "+ml 120", "+collectors 180"]);
  assert.deepEqual(budget.shed, [...SHEDDING]);
});

Deno.test("memory counts as well, and each reason is told", () => {
  const budget = new Budget(LIMITS);
  assert.equal(budget.judge(LARGE, 0), null);
  assert.deepEqual(budget.judge(LARGE, 60), {
    part: "tracers",
    shed: true,
    reason: "101 MB resident, more than budget.rss_mb 100",
  });
  assert.match(budget.judge(BUSY, 120)?.reason ?? "", /^11\.0 % of a core, more than budget/);
});

Deno.test("a short peak sheds nothing; a budget of 0 is none; an unknown cost is none", () => {
  const budget = new Budget(LIMITS);
  for (let at = 0; at < 1000; at += 50) {
    assert.equal(budget.judge(at % 100 === 0 ? BUSY : LOW, at), null);
  }
  assert.deepEqual(during(new Budget({ cpu_percent: 0, rss_mb: 0 }), BUSY, 0, 600), []);
  const unknown = { cpu_percent: null, rss_bytes: 0 };
  assert.equal(new Budget(LIMITS).judge(unknown, 0), null);
});

Deno.test("well below the budget for ten minutes the last part comes back, one after the other", () => {
  const budget = new Budget(LIMITS);
  during(budget, BUSY, 0, 130);
  assert.deepEqual(budget.shed, ["tracers", "ml"]);
  const near = { cpu_percent: 9, rss_bytes: 10 * MB };
  assert.deepEqual(during(budget, near, 1000, 2000), [], "not low enough to take up more");
  assert.deepEqual(during(budget, LOW, 4000, 1300), ["-ml 600", "-tracers 1200"]);
  assert.deepEqual(budget.shed, []);
});

Deno.test("other limits: everything runs again; the same ones change nothing", () => {
  const budget = new Budget(LIMITS);
  during(budget, BUSY, 0, 70);
  budget.limit({ ...LIMITS });
  assert.deepEqual(budget.shed, ["tracers"]);
  budget.limit({ ...LIMITS, cpu_percent: 50 });
  assert.deepEqual(budget.shed, []);
});
