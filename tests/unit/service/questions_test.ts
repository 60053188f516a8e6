/** Questions to another thread: every one has an end, and answers find the one who asked. @module */
import assert from "node:assert/strict";
import { Questions } from "../../../src/service/questions.ts";

function rig(timeout_ms = 60_000) {
  const sent: [number, string][] = [];
  const state = { there: true };
  const questions = new Questions<string, string>((id, question) => {
    sent.push([id, question]);
    return state.there;
  }, timeout_ms);
  return { questions, sent, state };
}

Deno.test("answers find who asked, in any order; a stray one is nobody's", async () => {
  const { questions, sent } = rig();
  const [a, b] = [questions.ask("a"), questions.ask("b")];
  const ids = sent.map(([id]) => id);
  questions.answered(ids[1], "B");
  questions.answered(ids[1], "again");
  questions.answered(1, "of a worker before");
  questions.refused(ids[0], "no such thing");
  assert.equal(await b, "B");
  await assert.rejects(a, /^Error: no such thing$/);
  assert.equal(questions.waiting, 0);
});

Deno.test("nobody there, nobody any more, no answer in time, too many: each has its reason", async () => {
  const { questions, state } = rig();
  state.there = false;
  await assert.rejects(questions.ask("a"), /nobody is there/);
  state.there = true;
  const all = Array.from({ length: 64 }, () => questions.ask("b"));
  await assert.rejects(questions.ask("c"), /64 questions wait/);
  questions.close("it has ended");
  for (const one of all) await assert.rejects(one, /it has ended/);
  const late = rig(1);
  await assert.rejects(late.questions.ask("d"), /no answer in 1 ms/);
  assert.equal(late.questions.waiting, 0);
});
