import assert from "node:assert/strict";
import { readOrMakeToken, readToken } from "../../../src/api/token_file.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";

function inDirectory(test: (path: string, dir: string) => void | Promise<void>) {
  return async () => {
    const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
    try {
      await test(`${dir}/token`, dir);
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  };
}

Deno.test(
  "the first start makes a token that only its user can read, later ones read it",
  inDirectory((path, dir) => {
    assert.equal(readToken(path), null);
    const token = readOrMakeToken(path);
    assert.match(token, /^[A-Za-z0-9_-]{43}$/);
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    assert.equal(readOrMakeToken(path), token);
    assert.equal(readToken(path), token);
    assert.notEqual(readOrMakeToken(`${path}2`), token);
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name).sort(), [
      "token",
      "token2",
    ]);
  }),
);

Deno.test(
  "a token that somebody chose is taken",
  inDirectory((path) => {
    Deno.writeTextFileSync(path, `${TOKEN}\n`, { mode: 0o600 });
    assert.equal(readOrMakeToken(path), TOKEN);
  }),
);

Deno.test(
  "a file that others can read is refused",
  inDirectory((path) => {
    for (const mode of [0o640, 0o604, 0o620, 0o666]) {
      Deno.writeTextFileSync(path, TOKEN);
      Deno.chmodSync(path, mode);
      assert.throws(() => readOrMakeToken(path), {
        message: `Cannot use the token file ${path}: because its mode is ${
          mode.toString(8)
        }; it must be 600`,
      });
    }
  }),
);

Deno.test(
  "someone else's file, a link, a directory and a FIFO are refused",
  inDirectory((path) => {
    Deno.writeTextFileSync(`${path}2`, TOKEN, { mode: 0o600 });
    Deno.symlinkSync(`${path}2`, path);
    assert.throws(() => readOrMakeToken(path), /because it is a symbolic link/);
    Deno.removeSync(path);
    Deno.symlinkSync("/nonexistent", path);
    assert.throws(() => readOrMakeToken(path), /because it is a symbolic link/);
    Deno.removeSync(path);
    Deno.mkdirSync(path);
    assert.throws(() => readOrMakeToken(path), /because it is no file/);
    Deno.removeSync(path);
    assert.ok(new Deno.Command("mkfifo", { args: ["-m", "600", path] }).outputSync().success);
    assert.throws(() => readOrMakeToken(path), /because it is no file/);
    Deno.removeSync(path);
    Deno.writeTextFileSync(path, TOKEN, { mode: 0o600 });
    Deno.chownSync(path, 65534, 65534);
    assert.throws(() => readOrMakeToken(path), /because it belongs to uid 65534, not 0/);
  }),
);

Deno.test(
  "what is no token is refused",
  inDirectory((path) => {
    for (const text of ["", "short", `${TOKEN} ${TOKEN}`, "ä".repeat(40), "a".repeat(300)]) {
      Deno.writeTextFileSync(path, text, { mode: 0o600 });
      assert.throws(() => readOrMakeToken(path), /does not hold 32 to 256/, text);
    }
    Deno.writeTextFileSync(path, "a".repeat(2000));
    assert.throws(() => readOrMakeToken(path), /over 1024 bytes/);
  }),
);

Deno.test(
  "a directory that is not there is an error that names the file",
  inDirectory((_path, dir) => {
    const path = `${dir}/no/token`;
    assert.throws(() => readOrMakeToken(path), {
      message: `Cannot use the token file ${path}: because no such file or directory`,
    });
  }),
);
