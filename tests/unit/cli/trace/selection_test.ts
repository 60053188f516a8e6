import assert from "node:assert/strict";
import fc from "fast-check";
import {
  parseEventsFile,
  selectTypes,
  suggestName,
  typesOfName,
} from "../../../../src/cli/trace/selection.ts";
import { EVENT_TYPES } from "../../../../src/probe/event_log/event_types.ts";

const numbers = (names: string) =>
  names.split(",").flatMap((name) => typesOfName(name).map(({ type }) => type));

Deno.test("names stand for a type, a class or all, in any case", () => {
  assert.deepEqual(numbers("open"), [104]);
  assert.deepEqual(numbers("User"), [401, 402, 403, 404, 405, 406]);
  assert.equal(numbers("ALL").length, 38);
  assert.deepEqual(numbers("opne"), []);
  assert.match(suggestName("opne"), /did you mean "open"/);
});

Deno.test("an events file turns types and classes on and off, the later line counts", () => {
  const text = "# comment\n\nfile = off\r\n  open=on # and this\nNETWORK = On\nconnect = off\n";
  const { switches, faults } = parseEventsFile("f", text);
  assert.deepEqual(faults, []);
  const wanted = selectTypes(typesOfName("file"), switches, null);
  assert.deepEqual(
    [...wanted].sort(),
    numbers("open,send,receive,accept,bind,getpeername,socketpair"),
  );
});

Deno.test("all faults of an events file are told at once, with their lines", () => {
  const { faults } = parseEventsFile(
    "/etc/e",
    "open\nopne = on\nread = maybe\nwrite == on\nread = on x\n",
  );
  assert.deepEqual(faults, [
    '/etc/e:1: "open" is not of the form name = on|off',
    '/etc/e:2: no event type "opne"; did you mean "open"?',
    '/etc/e:3: read: "maybe" is not allowed; allowed: on, off',
    '/etc/e:4: "write == on" is not of the form name = on|off',
    '/etc/e:5: "read = on x" is not of the form name = on|off',
  ]);
});

Deno.test("--only takes of what is wanted, and adds nothing", () => {
  const file = typesOfName("file");
  assert.deepEqual([...selectTypes(file, [], typesOfName("open"))], [104]);
  assert.deepEqual([...selectTypes(file, [], typesOfName("connect"))], []);
});

Deno.test("every line of an events file is a switch, nothing, or a fault", () => {
  const word = fc.constantFrom("open", "file", "=", "on", "off", "#", " ", "x", "\t");
  fc.assert(fc.property(fc.array(word), (words) => {
    const line = words.join("");
    const { switches, faults } = parseEventsFile("f", line);
    const isEmpty = /^\s*(#.*)?$/.test(line);
    assert.equal(switches.length + faults.length, isEmpty ? 0 : 1, JSON.stringify(line));
  }));
});

Deno.test("all types can be turned off and on by name", () => {
  const off = EVENT_TYPES.map(({ name }) => `${name} = off\n`).join("");
  const { switches, faults } = parseEventsFile("f", off);
  assert.deepEqual(faults, []);
  assert.equal(selectTypes(EVENT_TYPES, switches, null).size, 0);
});
