/**
 * The module that Deno loads first, one for the main thread and one for the workers. The program
 * itself is a script beside it, which V8 alone reads: Deno parses every module into a syntax tree
 * of its own to find the imports, and for a bundle of 400 kB that costs 10 MB and 20 ms a thread.
 * `process` is made when it is first read, which costs 3 MB: only where a module of node is wanted.
 *
 * The build fills in SCRIPT_NAME and SCRIPT_FD (see launcher/aod.h).
 */
const fromMemory = /^file:\/\/\/proc\/self\/fd\/\d+$/.test(import.meta.url);
const script = fromMemory ? `/proc/self/fd/${SCRIPT_FD}` : new URL(SCRIPT_NAME, import.meta.url);
const program = new Function("moduleUrl", "require", Deno.readTextFileSync(script));
program(import.meta.url, (name) => globalThis.process.getBuiltinModule(name));
