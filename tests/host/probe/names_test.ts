/** Names seeded into real maps and looked up again. @module */
import assert from "node:assert/strict";
import { createMap, updateElem } from "../../../src/bpf/map.ts";
import { closeFd } from "../../../src/os/libc.ts";
import { parseMountinfo } from "../../../src/os/mountinfo.ts";
import {
  SMB_SERVER_BYTES,
  SMB_TREE_BYTES,
  SMB_TREE_KEY_BYTES,
} from "../../../src/probe/smb/layout.gen.ts";
import { NameResolver, seedNames } from "../../../src/probe/smb/names.ts";
import "../../support/libraries.ts";

/** BPF_MAP_TYPE_LRU_HASH: include/uapi/linux/bpf.h. */
const LRU_HASH = 9;
const PROC = new URL("../../fixtures/proc/6.12/", import.meta.url).pathname;

function withMaps(run: (maps: Record<string, number>) => void): void {
  const map = (key_bytes: number, value_bytes: number) =>
    createMap({ type: LRU_HASH, key_bytes, value_bytes, max_entries: 64 });
  const maps = {
    smb_servers: map(8, SMB_SERVER_BYTES),
    smb_trees: map(SMB_TREE_KEY_BYTES, SMB_TREE_BYTES),
  };
  try {
    run(maps);
  } finally {
    for (const fd of Object.values(maps)) closeFd(fd);
  }
}

const mountsOf612 = () => parseMountinfo(Deno.readTextFileSync(`${PROC}mountinfo`));

Deno.test("what was mounted before the probe has its names", () => {
  withMaps((maps) => {
    assert.deepEqual(seedNames({ maps }, `${PROC}DebugData`), { servers: 3, trees: 5 });
    assert.deepEqual(seedNames({ maps }, `${PROC}DebugData`), { servers: 0, trees: 0 });
    const names = new NameResolver({ maps }, `${PROC}DebugData.empty`, mountsOf612);
    assert.equal(names.server(3n), "localhost");
    assert.equal(names.server(1n), "127.0.0.1");
    assert.equal(names.server(77n), "");
    assert.equal(names.server(0n), "");
    assert.equal(names.share(0x2188db7bn, 0x8b4353b9), "\\\\127.0.0.1\\my share");
    assert.equal(names.share(0x2188db7bn, 1), "");
    assert.equal(names.share(0n, 0x8b4353b9), "");
  });
});

Deno.test("what the kernel has put there itself stays", () => {
  withMaps((maps) => {
    const key = new Uint8Array(8);
    key[0] = 1;
    const value = new Uint8Array(SMB_SERVER_BYTES);
    value.set(new TextEncoder().encode("newer.example"));
    updateElem(maps.smb_servers, key, value);
    seedNames({ maps }, `${PROC}DebugData`);
    assert.equal(new NameResolver({ maps }, "/absent").server(1n), "newer.example");
  });
});

Deno.test("a miss reads DebugData again", () => {
  withMaps((maps) => {
    const names = new NameResolver({ maps }, `${PROC}DebugData`, mountsOf612);
    assert.equal(names.server(2n), "127.0.0.1");
    assert.equal(names.share(0x2188db7bn, 0xa8633bc4), "\\\\127.0.0.1\\s");
  });
});

Deno.test("cifs not loaded: nothing seeded, nothing known", () => {
  withMaps((maps) => {
    assert.deepEqual(seedNames({ maps }, "/proc/fs/absent/DebugData"), { servers: 0, trees: 0 });
    assert.equal(new NameResolver({ maps }, "/absent").server(1n), "");
  });
});

Deno.test("names longer than their field are cut between characters", () => {
  withMaps((maps) => {
    const path = Deno.makeTempFileSync();
    try {
      const share = "\\\\h\\" + "ä".repeat(100);
      Deno.writeTextFileSync(
        path,
        `1) ConnectionId: 0x9 Hostname: ${"é".repeat(40)} \n\t1) Address: ::1 Uses: 1 \n` +
          `\tSecurity type: x SessionId: 0x7\n\t1) ${share} Mounts: 1 \n\ttid: 0x5\n`,
      );
      seedNames({ maps }, path);
      const names = new NameResolver({ maps }, path);
      assert.equal(names.server(9n), "é".repeat(31));
      assert.equal(names.share(7n, 5), "\\\\h\\" + "ä".repeat(61));
    } finally {
      Deno.removeSync(path);
    }
  });
});

Deno.test("mount points of a share: every mount of it, in any case, directories of it too", () => {
  withMaps((maps) => {
    const names = new NameResolver({ maps }, "/absent", mountsOf612);
    assert.deepEqual(names.mountPoints("\\\\127.0.0.1\\s"), ["/mnt/s", "/mnt/second"]);
    assert.deepEqual(names.mountPoints("\\\\127.0.0.1\\MY SHARE"), ["/mnt/a b"]);
    assert.deepEqual(names.mountPoints("\\\\127.0.0.1\\"), ["/mnt/s", "/mnt/a b", "/mnt/second"]);
    assert.deepEqual(names.mountPoints("\\\\other\\s"), []);
    assert.deepEqual(names.mountPoints(""), []);
  });
});

Deno.test("a share that was mounted a moment ago is found; what is mounted is not read again", async () => {
  const maps = { smb_servers: -1, smb_trees: -1 };
  let readings = 0;
  let mounted: ReturnType<typeof mountsOf612> = [];
  const names = new NameResolver({ maps }, "/absent", () => (readings++, mounted));
  assert.deepEqual(names.mountPoints("\\\\127.0.0.1\\s"), []);
  assert.deepEqual(names.mountPoints("\\\\127.0.0.1\\s"), []);
  assert.equal(readings, 1);
  mounted = mountsOf612();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.deepEqual(names.mountPoints("\\\\127.0.0.1\\s"), ["/mnt/s", "/mnt/second"]);
  await new Promise((resolve) => setTimeout(resolve, 30));
  names.mountPoints("\\\\127.0.0.1\\s");
  assert.equal(readings, 2);
});
