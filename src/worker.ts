/**
 * The one entry of every worker thread when the program runs from its sources; the thread's name
 * says which part it runs. (The built program's entry is made by packaging/bundle.ts.)
 * @module
 */
import { startRole } from "./service/workers/roles.ts";

// Awaited, so that no message is delivered before the part's handler is there.
await startRole(self.name);
