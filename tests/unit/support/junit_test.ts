import assert from "node:assert/strict";
import { readJUnit } from "../../support/junit.ts";

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="4" failures="1" errors="0" time="1.0">
    <testsuite name="./a_test.ts" tests="4" disabled="0" errors="0" failures="1">
        <testcase name="passes" classname="./a_test.ts" time="0.1" line="1" col="6">
        </testcase>
        <testcase name="a &lt;name&gt; &amp; more" classname="./a_test.ts" time="0.1" line="2" col="6">
            <failure message="Uncaught AssertionError: &quot;no&quot;">AssertionError: &quot;no&quot;
    at &#x41;&#66;</failure>
        </testcase>
        <testcase name="left out" classname="./a_test.ts" time="0.1" line="3" col="6">
            <skipped/>
        </testcase>
        <testcase name="passes too" classname="./a_test.ts" time="0.1" line="4" col="6">
        </testcase>
    </testsuite>
</testsuites>`;

Deno.test("a report has its totals and what failed, with the message", () => {
  assert.deepEqual(readJUnit(REPORT), {
    passed: 2,
    failed: 1,
    ignored: 1,
    failures: [{
      file: "./a_test.ts",
      name: "a <name> & more",
      text: 'AssertionError: "no"\n    at AB',
    }],
  });
});

Deno.test("a report that was never written whole is none", () => {
  assert.equal(readJUnit(""), null);
  assert.equal(readJUnit("<?xml version"), null);
});
