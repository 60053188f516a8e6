/**
 * Redaction: a secret never survives, everything else stays as it is.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_LINE_BYTES, Redactor } from "../../../src/evidence/redact.ts";

const MARKER = /<redacted-[0-9a-f]{8}>/g;

/** Text before and after each secret, by rule. */
const PLACES: [string, string][] = [
  ["password=", ""],
  ["mount //s/x /m -o username=u,password=", ",vers=3.0"],
  ["passwd: ", ""],
  ["PASSWORD = ", " # comment"],
  ['{"password": "', '", "user": "u"}'],
  ["pass=", "&x=1"],
  ["--password ", " --next"],
  ["--password=", ""],
  ["smb://user:", "@server/share"],
  ["Authorization: Bearer abcdefgh", ""],
  ["token=", ";"],
  ["api_key: ", ""],
  ["client_secret='", "'"],
  ["sshpass -p ", " ssh host"],
  ["smbclient //s/x -U user%", " -c ls"],
  ["curl -u user:", " http://h/"],
  ["tool --admin-password ", " x"],
  ["smbclient //s/x -U 'user%", "'"],
  ["curl --user 'user:", "' http://h/"],
  ['{"message": "{\\"password\\": \\"', '\\"}"}'],
];

const secret = fc.stringMatching(/^[A-Za-z0-9+=_.~]{8,40}$/).filter((s) => !/redacted/.test(s));

Deno.test("a secret never survives in any place, whatever stands around it", () => {
  const around = fc.stringMatching(/^[a-z0-9 :,]{0,20}$/);
  fc.assert(
    fc.property(fc.constantFrom(...PLACES), secret, around, ([before, after], s, text) => {
      const line = `${text} ${before}${s}${after}`;
      const clean = new Redactor().text(line);
      assert.ok(!clean.includes(s), `${line} -> ${clean}`);
      assert.equal(clean.match(MARKER)?.length, 1, clean);
    }),
    { numRuns: 500 },
  );
});

Deno.test("only the secret is replaced", () => {
  for (const [before, after] of PLACES) {
    const clean = new Redactor().text(`${before}S3cr3tValue99${after}`);
    const rest = before.replace(/abcdefgh$/, "");
    assert.equal(clean.replace(MARKER, "*"), `${rest}*${after}`);
  }
});

Deno.test("text without secrets is unchanged", () => {
  const lines = [
    "//server/share /mnt cifs rw,vers=3.1.1,cache=strict,username=u,credentials=/root/.smb 0 0",
    "mkdir -p /var/tmp/x && ssh -p 22 host",
    "Compass: 270 degrees, bypass mode, passive=1 encompasses",
    "CIFS: VFS: \\\\server has not responded in 180 seconds. Reconnecting...",
    "[ 12.3] key: 1 values, keyring 0x1234, tokens 12, secretary",
    "http://server:8080/path?x=1 and ss -tinoemp ( dport = :445 )",
    "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "password has expired for user u; please change your password",
    "sec=krb5 multiuser",
  ];
  for (const line of lines) assert.equal(new Redactor().text(line), line);
  fc.assert(fc.property(fc.string(), (text) => {
    if (/pass|pw|token|secret|key|bearer|basic|negotiate|:\/\/|-[uU]|mysql|mariadb/i.test(text)) {
      return;
    }
    assert.equal(new Redactor().text(text), text);
  }));
});

Deno.test("a secret goes whole, whatever characters are in it", () => {
  const redactor = new Redactor();
  for (
    const [line, clean] of [
      ["smb://user:pa@ss@server/share", "smb://user:*@server/share"],
      ['x password="cut off in the middle', 'x password="*'],
      ["secret='cut off in the middle", "secret='*"],
      [
        "username=u\npassword=with blank, comma; 'n' all\ndomain=d",
        "username=u\npassword=*\ndomain=d",
      ],
    ]
  ) assert.equal(redactor.text(line).replace(MARKER, "*"), clean);
});

Deno.test("a long line that is made to take long takes no long time", () => {
  const lines = [
    ...["password", "token", "key"].map((word) => `${word}${" ".repeat(60_000)}-`),
    "a.".repeat(30_000),
    "--".repeat(30_000) + "password",
  ];
  const started = performance.now();
  for (const line of lines) new Redactor().text(line);
  // Milliseconds; 20 seconds where blanks and schemes had no bound.
  assert.ok(performance.now() - started < 2_000);
});

Deno.test("the same secret has the same marker in one bundle and another in the next", () => {
  const redactor = new Redactor();
  const [a, b, c] = ["password=abc12345", "pass: abc12345", "token=zzz12345"].map((line) =>
    redactor.text(line).match(MARKER)?.[0]
  );
  assert.equal(a, b);
  assert.notEqual(a, c);
  assert.notEqual(new Redactor().text("password=abc12345"), `password=${a}`);
  assert.deepEqual(redactor.counts, { password: 2, token: 1 });
});

Deno.test("a second pass changes nothing", () => {
  const redactor = new Redactor();
  for (const [before, after] of PLACES) {
    const once = redactor.text(`${before}S3cr3tValue99${after}`);
    assert.equal(redactor.text(once), once);
  }
});

Deno.test("JSON stays JSON", () => {
  const tail = fc.constantFrom("", '"', "\\", '\\"', "\n", ' "x"');
  fc.assert(fc.property(fc.string(), secret, tail, (text, s, end) => {
    const hard = `${s}"\\${s}`;
    const line = JSON.stringify({ name: `${text} password=${s}${end}`, password: hard, next: 1 });
    const clean = new Redactor().text(line);
    assert.ok(!clean.includes(s), clean);
    assert.equal(JSON.parse(clean).next, 1);
  }));
});

Deno.test("chunk borders make no difference", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...PLACES), secret), { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 }),
      (items, sizes) => {
        const text = items.map(([[before, after], s]) => `${before}${s}${after}\n`).join("é\n");
        const bytes = new TextEncoder().encode(text);
        const redactor = new Redactor();
        const stream = redactor.stream();
        const out: Uint8Array[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length];
          out.push(stream.push(bytes.subarray(at, at + size)));
          at += size;
        }
        out.push(stream.end());
        const streamed = new TextDecoder().decode(Uint8Array.from(out.flatMap((c) => [...c])));
        const whole = text.split("\n").map((line) => redactor.text(line)).join("\n");
        assert.equal(streamed, whole);
      },
    ),
  );
});

Deno.test("a line without end is cut, not kept in memory, and leaks nothing at the cut", () => {
  const stream = new Redactor().stream();
  const piece = new TextEncoder().encode("x".repeat(60_000) + " password=");
  const secretPart = new TextEncoder().encode("S3cr3t".repeat(20_000));
  let text = "";
  for (const bytes of [piece, secretPart, secretPart, new TextEncoder().encode("\nnext\n")]) {
    text += new TextDecoder().decode(stream.push(bytes));
  }
  text += new TextDecoder().decode(stream.end());
  assert.ok(!text.includes("S3cr3t"), text.slice(-200));
  assert.ok(text.endsWith(`[line cut at ${MAX_LINE_BYTES} bytes]\nnext\n`), text.slice(-100));
});

Deno.test("a private key is left out", () => {
  const redactor = new Redactor();
  const stream = redactor.stream();
  const text =
    "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIabc\nxyz\n-----END RSA PRIVATE KEY-----\nb\n";
  const out = new TextDecoder().decode(stream.push(new TextEncoder().encode(text))) +
    new TextDecoder().decode(stream.end());
  assert.equal(out, "a\n[private key left out]\nb\n");
  assert.deepEqual(redactor.counts, { private_key: 1 });
});

Deno.test("a private key is left out of a text of several lines too, also one that is cut off", () => {
  const key = "-----BEGIN PRIVATE KEY-----\nMIIabc\n";
  const redactor = new Redactor();
  assert.equal(
    redactor.text(`a\n${key}-----END PRIVATE KEY-----\nb\n${key}xyz`),
    "a\n[private key left out]\nb\n[private key left out]",
  );
  assert.deepEqual(redactor.counts, { private_key: 2 });
});

Deno.test("arguments: user%password and user:password as arguments of their own", () => {
  for (
    const argv of [
      ["smbclient", "//s/x", "-U", "u%hunter2", "-c", "ls"],
      ["smbclient", "--user", "u%hunter2"],
      ["curl", "-u", "u:hunter2", "http://h/"],
      ["curl", "--user", "u:hunter2", "http://h/"],
    ]
  ) {
    const clean = new Redactor().argv(argv);
    assert.deepEqual(
      clean.map((a) => a.replace(MARKER, "*")),
      argv.map((a) => a.replace("hunter2", "*")),
    );
  }
});

Deno.test("arguments: a value with blanks is one secret, others stay", () => {
  const redactor = new Redactor();
  const argv = redactor.argv(["tool", "--password=foo bar", "--token", "a b c", "-p", "22", "x y"]);
  assert.deepEqual(argv.map((a) => a.replace(MARKER, "*")), [
    ...["tool", "--password=*", "--token", "*", "-p", "22", "x y"],
  ]);
});
