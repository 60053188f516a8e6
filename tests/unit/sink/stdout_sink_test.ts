import assert from "node:assert/strict";
import { type Output, StdoutSink } from "../../../src/sink/stdout_sink.ts";
import { SinkError } from "../../../src/sink/sink.ts";
import { chunkOf } from "../../support/lines.ts";

/** Takes what the script says: a number of bytes, or an error. */
function scripted(script: (number | Error)[]): { output: Output; taken: () => string } {
  let text = "";
  return {
    output: {
      write(bytes) {
        const step = script.shift() ?? bytes.length;
        if (step instanceof Error) return Promise.reject(step);
        const count = Math.min(step, bytes.length);
        text += new TextDecoder().decode(bytes.subarray(0, count));
        return Promise.resolve(count);
      },
    },
    taken: () => text,
  };
}

Deno.test("partial writes, a full pipe and interruptions lose nothing", async () => {
  const { output, taken } = scripted([
    1,
    new Deno.errors.WouldBlock(),
    3,
    new Deno.errors.Interrupted(),
    2,
  ]);
  const sink = new StdoutSink(output);
  await sink.write(chunkOf(["one", "two", "three"]));
  assert.equal(taken(), "one\ntwo\nthree\n");
  assert.equal(sink.written_bytes, 14n);
});

Deno.test("when the reader goes, the lines that it got whole are told", async () => {
  const { output } = scripted([4, 2, new Deno.errors.BrokenPipe("Broken pipe (os error 32)")]);
  await assert.rejects(
    new StdoutSink(output).write(chunkOf(["one", "two", "three"])),
    (error) => error instanceof SinkError && error.reason === "closed_pipe" && error.lines === 1,
  );
});
