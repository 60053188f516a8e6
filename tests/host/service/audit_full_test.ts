/**
 * The audit trail on a file system that fills up: what does not fit is told, and leaves no half line
 * that would spoil the next one.
 * @module
 */
import assert from "node:assert/strict";
import { AuditLog } from "../../../src/service/audit.ts";
import { withMount } from "../../support/evidence_host.ts";

Deno.test("a full file system: no torn line, every lost entry told, and on when there is room", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "aod-test-" });
  const small = ["-t", "tmpfs", "-o", "size=16k,mode=0700", "none"];
  await withMount(small, `${directory}/out`, async () => {
    let lost = 0;
    const audit = new AuditLog({ directory: `${directory}/out`, onFailure: () => lost++ });
    const write = async (n: number) => {
      audit.write("action", { n, note: "x".repeat(1000) });
      await audit.flush();
    };
    Deno.writeFileSync(`${directory}/out/ballast`, new Uint8Array(8192));
    for (let n = 0; n < 10; n++) await write(n);
    assert.ok(lost > 0 && lost < 10, `${lost}`);
    Deno.removeSync(`${directory}/out/ballast`);
    await write(10);
    await audit.close();
    const lines = Deno.readTextFileSync(`${directory}/out/audit.jsonl`).trimEnd().split("\n");
    const kept = lines.map((line) => JSON.parse(line).n);
    assert.equal(kept.length, 11 - lost);
    assert.equal(kept.at(-1), 10);
  });
  Deno.removeSync(directory, { recursive: true });
});
