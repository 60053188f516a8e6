/** Where a history may lie, and what errors of SQLite mean. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { parseMountinfo } from "../../../../src/os/mountinfo.ts";
import { smbMountOf } from "../../../../src/sink/history/database.ts";
import { failureKind } from "../../../../src/sink/history/failure.ts";

const MOUNTS = parseMountinfo(`21 1 8:1 / / rw - ext4 /dev/sda1 rw
40 21 0:40 / /mnt/share rw - cifs //server/share rw
41 40 0:41 / /mnt/share/local rw - tmpfs tmpfs rw
42 21 0:42 / /mnt/both rw - tmpfs tmpfs rw
43 42 0:43 / /mnt/both rw - smb3 //server/other rw
`);

Deno.test("a path on a share is known by its innermost mount, the one on top", () => {
  const on = (path: string) => smbMountOf(path, MOUNTS);
  assert.equal(on("/mnt/share"), "/mnt/share");
  assert.equal(on("/mnt/share/deep/history"), "/mnt/share");
  assert.equal(on("/mnt/both/history"), "/mnt/both");
  for (const path of ["/", "/var/history", "/mnt/shared", "/mnt/share/local/history"]) {
    assert.equal(on(path), null, path);
  }
  assert.equal(smbMountOf("/anything", []), null);
});

/** What SQLite throws. */
function errorOf(work: (db: DatabaseSync) => void): unknown {
  const db = new DatabaseSync(":memory:");
  try {
    work(db);
  } catch (error) {
    return error;
  } finally {
    db.close();
  }
  assert.fail("nothing was thrown");
}

Deno.test("errors of SQLite are known for what they are, with and without a code", () => {
  const full = errorOf((db) => {
    db.exec("CREATE TABLE a (b); PRAGMA max_page_count = 3");
    for (;;) db.exec("INSERT INTO a VALUES (zeroblob(5000))");
  });
  assert.equal(failureKind(full), "full");
  assert.equal(failureKind(errorOf((db) => db.exec("SELECT * FROM nothing"))), "other");
  assert.equal(failureKind(new Error("database disk image is malformed")), "corrupt");
  assert.equal(failureKind(Object.assign(new Error("x"), { errcode: 26 })), "corrupt");
  // SQLITE_BUSY_SNAPSHOT: the primary code is in the low byte.
  assert.equal(failureKind(Object.assign(new Error("x"), { errcode: 517 })), "busy");
  assert.equal(failureKind("text"), "other");
});
