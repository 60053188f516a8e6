/**
 * The one entry of every worker thread when the program runs from its sources; the thread's name
 * says which part it runs. (The built program's entry is made by packaging/bundle.ts.)
 * @module
 */
import { startRole } from "./service/workers/roles.ts";

// Awaited, so that a part that cannot start is an error of this module.
await startRole(self.name);
