/**
 * Reasons as people read them.
 * @module
 */
import assert from "node:assert/strict";
import { lstatSync, mkdirSync, readFileSync } from "node:fs";
import { reasonOf } from "../../../src/os/reason.ts";

function reason(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return reasonOf(error);
  }
  throw new Error("it worked");
}

Deno.test("a system call's reason stands without code, call and path", () => {
  assert.equal(reason(() => lstatSync("/nope, it's")), "no such file or directory");
  assert.equal(reason(() => lstatSync("/etc/passwd/x")), "not a directory");
  assert.equal(reason(() => readFileSync("/etc")), "illegal operation on a directory");
  assert.equal(reason(() => mkdirSync("/etc")), "file already exists");
  assert.equal(reason(() => Deno.readTextFileSync("/nope")), "no such file or directory");
  assert.equal(reason(() => Deno.mkdirSync("/etc")), "file exists");
});

Deno.test("other errors keep their message", () => {
  assert.equal(reasonOf(new Error("HTTP: it is late, really")), "HTTP: it is late, really");
  assert.equal(reasonOf("text"), "text");
});
