/** mountinfo as recorded, and lines that are not of its form. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { mounts, parseMountinfo, readProcText } from "../../../src/os/mountinfo.ts";

Deno.test("recorded mounts, blanks unescaped", () => {
  for (const kernel of ["6.1", "6.12"]) {
    const url = new URL(`../../fixtures/proc/${kernel}/mountinfo`, import.meta.url);
    const smb = parseMountinfo(Deno.readTextFileSync(url)).filter((m) => m.type === "cifs");
    assert.deepEqual(smb.map((m) => [m.source, m.mount_point]), [
      ["//127.0.0.1/s", "/mnt/s"],
      ["//127.0.0.1/my share", "/mnt/a b"],
      ["//127.0.0.1/s", "/mnt/second"],
      ["//localhost/s", "/mnt/w/x"],
    ]);
    assert.ok(smb[3].options.includes("vers=2.1"));
  }
});

Deno.test("optional fields, escapes, lines of another form", () => {
  const text = [
    "36 35 98:0 /a\\040b /mnt\\011t\\134 rw,noatime shared:1 master:2 - cifs //h/s\\043 rw,vers=3",
    "36 35 98:0 / /mnt rw cifs //h/s rw",
    "x 35 98:0 / /mnt rw - cifs //h/s rw",
    "36 35 98:0 / /mnt rw -",
    "",
    "36 35 98:0 / /noopt rw - tmpfs none",
  ].join("\n");
  const found = parseMountinfo(text);
  assert.deepEqual(found.map((m) => m.mount_point), ["/mnt\tt\\", "/noopt"]);
  assert.equal(found[0].root, "/a b");
  assert.equal(found[0].source, "//h/s#");
  assert.deepEqual(found[0].options, ["rw", "noatime", "rw", "vers=3"]);
});

Deno.test("any text is parsed without an error", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    parseMountinfo(text);
    parseMountinfo(`36 35 98:0 / /m rw ${text} - cifs //h/s rw`);
  }));
});

Deno.test("this host's own mounts; a file that is not there; a bounded read", () => {
  assert.ok(mounts().some((m) => m.mount_point === "/proc" && m.type === "proc"));
  assert.equal(readProcText("/proc/absent"), null);
  assert.equal(readProcText("/proc"), null);
  assert.equal(readProcText("/dev/zero", 1000)?.length, 64 << 10);
});
