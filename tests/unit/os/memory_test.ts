/**
 * Which mappings may be dropped: only code and constants that nothing was written to.
 * @module
 */
import assert from "node:assert/strict";
import { cleanCodeMappings, releaseUnusedMemory } from "../../../src/os/memory.ts";

function mapping(head: string, anonymous: number, privateDirty = 0): string {
  return `${head}
Size:               8 kB
Rss:                8 kB
Shared_Dirty:          0 kB
Private_Dirty:         ${privateDirty} kB
Anonymous:             ${anonymous} kB
VmFlags: rd ex mr mw me
`;
}

Deno.test("clean code and constants of files are taken, everything else is left", () => {
  const smaps = [
    mapping("55eb28558000-55eb2855a000 r-xp 01e04000 fe:00 2229376      /usr/bin/aod", 0),
    mapping("55eb2855a000-55eb2855c000 r-xp 01e04000 fe:00 2229376      /usr/bin/relocated", 4),
    mapping("55eb2855c000-55eb2855e000 r-xp 01e04000 fe:00 2229376      /run/on-tmpfs", 0, 4),
    mapping("55eb26754000-55eb28556000 r--p 00000000 fe:00 2229376      /usr/bin/aod", 0),
    mapping("55eb28556000-55eb28557000 r--p 01e02000 fe:00 2229376      /usr/bin/relro", 4),
    mapping("55eb2855e000-55eb28560000 rw-p 01e04000 fe:00 2229376      /usr/bin/aod", 0),
    mapping("7f17ab000000-7f17ab002000 r--s 00000000 00:0e 1039   anon_inode:bpf-map", 0),
    mapping("7f17ab002000-7f17ab004000 rw-s 00000000 00:0e 1039   /shared", 0),
    mapping("7f17ac000000-7f17ac002000 rwxp 00000000 00:00 0 ", 0),
    mapping("7f17fc000000-7f17fc002000 r-xp 00000000 00:00 0            [vdso]", 0),
    mapping("7f17fd000000-7f17fd002000 r-xp 00000000 00:00 0 ", 0),
  ].join("");
  assert.deepEqual(cleanCodeMappings(smaps), [
    { start: 0x55eb28558000n, bytes: 0x2000n, resident_kb: 8 },
    { start: 0x55eb2855c000n, bytes: 0x2000n, resident_kb: 8 },
    { start: 0x55eb26754000n, bytes: 0x1e02000n, resident_kb: 8 },
  ]);
  assert.deepEqual(cleanCodeMappings(""), []);
  assert.deepEqual(cleanCodeMappings("55eb28558000-55eb2855a000 r-xp 0 fe:00 1 /cut"), []);
});

Deno.test("the process goes on after its own code was dropped", () => {
  releaseUnusedMemory();
  const own = cleanCodeMappings(Deno.readTextFileSync("/proc/self/smaps"));
  assert.ok(own.some(({ resident_kb }) => resident_kb > 0));
  releaseUnusedMemory();
});
