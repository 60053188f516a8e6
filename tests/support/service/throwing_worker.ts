/**
 * A real worker in which something throws: `after_ms` of its address after it was started.
 * @module
 */
import { startRole } from "../../../src/service/workers/roles.ts";

const after_ms = Number(new URL(import.meta.url).searchParams.get("after_ms"));

await startRole(self.name);
setTimeout(() => {
  throw new Error("as the test asked");
}, after_ms);
