/**
 * A program that writes a history until it is killed: after each flush it says how many points are in
 * it. Arguments: directory.
 * @module
 */
import { MetricHistory } from "../../../../src/sink/history/history.ts";
import { BEGIN_SEC, LIMITS } from "./support.ts";

const KEYS = 5;

let second = 0;
const history = await MetricHistory.open(Deno.args[0], { ...LIMITS, raw_hours: 10_000 }, {
  on_warning: (message) => console.error(message),
  now_ms: () => (BEGIN_SEC + second) * 1000,
});
for (;;) {
  for (let i = 0; i < 10; i++, second++) {
    for (let key = 0; key < KEYS; key++) history.add(`key.${key}`, BEGIN_SEC + second, second);
  }
  if (!history.flush()) Deno.exit(1);
  console.log(history.counts().written);
}
