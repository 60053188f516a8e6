/**
 * Takes secrets out of text that goes into a bundle, by the rules of docs/bundles.md.
 *
 * The same secret becomes the same marker everywhere in one bundle, so that "these two used the same
 * password" is still seen. Nothing but the secret itself is replaced.
 * @module
 */
import { createHmac, randomBytes } from "node:crypto";

/** One rule: what it is called in the manifest, and a pattern whose group `secret` is replaced. */
interface Rule {
  name: string;
  pattern: RegExp;
}

/** Blanks between a word and its secret; bounded, or a line of blanks would take seconds. */
const BLANKS = String.raw`[ \t\v]{0,64}`;

/**
 * A value: quoted (also where the end is cut off, or in text quoted once more), or up to a blank, a
 * quote, or one of the characters that end an option.
 */
const VALUE = String
  .raw`(?:"(?<quoted>(?:[^"\\\n]|\\.)+)|\\+"(?<escaped>[^"\\\n]+)|'(?<single>[^'\n]+)|(?<bare>(?:[^\s"',;&\\<>]|\\[^\s"'])+))`;

/** One of these words, then its value: behind `=` or `:`, or as the argument of such an option. */
function assigned(words: string): RegExp {
  const sign = String.raw`(?:\\*")?(?:${BLANKS}[=:]${BLANKS}|(?<=--[\w-]{1,64})[ \t\v]${BLANKS})`;
  return new RegExp(`(?:${words})${sign}${VALUE}`, "dgi");
}

/** The rules, applied in this order; each works on the text the ones before have left. */
const RULES: readonly Rule[] = [
  // scheme://user:password@host
  {
    name: "url",
    pattern: /\b[a-z][a-z0-9+.-]{0,31}:\/\/[^\s\/:@"']*:(?<bare>[^\s\/"'<>]+)@/dgi,
  },
  // Authorization: Bearer ..., Basic ..., Negotiate ...
  {
    name: "authorization",
    pattern: /\b(?:bearer|basic|negotiate)[ \t\v]+(?<bare>[a-z0-9+\/=._~-]{8,})/dgi,
  },
  // A line of a credentials file (mount.cifs(8)): the password reaches to its end, whatever is in it.
  { name: "password", pattern: /^[ \t]*password2?=(?<bare>[^\n]+)/dgim },
  // password=..., pass: ..., --password ..., "passwd": "...", DB_PASSWORD=...
  {
    name: "password",
    pattern: assigned(
      String.raw`password2?|passwd|passphrase|(?<![a-z])pass(?:wd)?|(?<![a-z])pw`,
    ),
  },
  // token=..., api_key: ..., client_secret "..."
  {
    name: "token",
    pattern: assigned(
      "token|secret|api[_-]?key|access[_-]?key|private[_-]?key|session[_-]?key",
    ),
  },
  // A long hex or base64 value after "key", "token" or "secret": "Session Key: 0A1B...".
  {
    name: "key",
    pattern: new RegExp(
      String.raw`\b(?:\w*key|token|secret)s?"?${BLANKS}[=:]?[ \t\v]${BLANKS}(?:0x)?` +
        String.raw`(?<bare>[0-9a-f]{32,}|[a-z0-9+\/]{40,}={0,2})(?![a-z0-9+\/])`,
      "dgi",
    ),
  },
  // sshpass -p X, mysql -pX
  {
    name: "argument",
    pattern:
      /\b(?:sshpass|mysql\w*|mariadb\w*)\b[^\n|;&]*?[ \t\v]-p[ \t\v]?(?<bare>[^\s"'<>-][^\s"'<>]*)/dgi,
  },
  // smbclient -U user%password, curl -u user:password
  {
    name: "argument",
    pattern: /[ \t\v](?:-U|--user)[ =\v]?["']?[^\s%:"']+[%](?<bare>[^\s"'<>]+)/dg,
  },
  {
    name: "argument",
    pattern: /\bcurl\b[^\n|;&]*?[ \t\v](?:-u|--user)[ =\v]?["']?[^\s%:"']+:(?<bare>[^\s"'<>]+)/dg,
  },
];

/** An option whose value, behind `=` or as the next argument, is a secret. */
const SECRET_OPTION =
  /^(--?[\w-]*(?:pass|password|passwd|passphrase|token|secret|apikey|api-key))(?:=(.*))?$/is;

const MARKER = /^<redacted-[0-9a-f]{8}>$/;
const PEM_BEGIN = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const PEM_END = /-----END [A-Z ]*PRIVATE KEY-----/;
/** In a text of several lines; one that is cut off reaches to the text's end. */
const PEM = new RegExp(`${PEM_BEGIN.source}[^]*?(?:${PEM_END.source}|$)`, "g");
const KEY_LEFT_OUT = "[private key left out]";

/** Redacts the text of one bundle; counts by rule. */
export class Redactor {
  readonly #key = randomBytes(32);
  readonly #counts = new Map<string, number>();

  /** Replacements made so far, by rule. */
  get counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  /** The text without its secrets. But for private keys, no rule spans a line end. */
  text(text: string): string {
    let result = text.replace(PEM, () => {
      this.countKeyBlock();
      return KEY_LEFT_OUT;
    });
    for (const rule of RULES) {
      rule.pattern.lastIndex = 0;
      result = this.#apply(rule, result);
    }
    return result;
  }

  /** An argument vector: as {@linkcode text} on its command line, and values with blanks whole. */
  argv(argv: readonly string[]): string[] {
    let secretNext = false;
    const options = argv.map((argument) => {
      const isSecret = secretNext;
      const [, option, value] = SECRET_OPTION.exec(argument) ?? [];
      secretNext = !isSecret && option !== undefined && value === undefined;
      if (isSecret) return this.#argument(argument);
      return value === undefined ? argument : `${option}=${this.#argument(value)}`;
    });
    // Vertical tab: a blank to the rules, and in no argument that needs to be told apart.
    return this.text(options.join("\v")).split("\v");
  }

  /** A stream of bytes through the same rules, safe for secrets that lie across chunk borders. */
  stream(): RedactingStream {
    return new RedactingStream(this);
  }

  /** Counts a private key that was left out. */
  countKeyBlock(): void {
    this.#count("private_key");
  }

  #apply(rule: Rule, text: string): string {
    let result = "";
    let end = 0;
    for (const match of text.matchAll(rule.pattern)) {
      const groups = match.indices?.groups;
      const span = groups?.quoted ?? groups?.escaped ?? groups?.single ?? groups?.bare;
      if (span === undefined) continue;
      const secret = text.slice(span[0], span[1]);
      if (MARKER.test(secret) || secret.startsWith("<redacted-")) continue;
      result += text.slice(end, span[0]) + this.#marker(secret);
      end = span[1];
      this.#count(rule.name);
    }
    return end === 0 ? text : result + text.slice(end);
  }

  #marker(secret: string): string {
    const digest = createHmac("sha256", this.#key).update(secret).digest("hex");
    return `<redacted-${digest.slice(0, 8)}>`;
  }

  #argument(secret: string): string {
    if (secret === "" || secret.startsWith("<redacted-")) return secret;
    this.#count("argument");
    return this.#marker(secret);
  }

  #count(rule: string): void {
    this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + 1);
  }
}

/** Longest line that is looked at as a whole; a longer one is cut and says so. */
export const MAX_LINE_BYTES = 65_536;

/** Redacts bytes line by line; a line is held back until it is complete. */
export class RedactingStream {
  readonly #encoder = new TextEncoder();
  readonly #redactor: Redactor;
  /** The line that is not complete yet. */
  #parts: Uint8Array[] = [];
  #held = 0;
  #skipping = false;
  #inKey = false;

  /**
   * Starts at the beginning of a line.
   * @param redactor whose rules and markers to use
   */
  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** What can be written after this chunk. */
  push(chunk: Uint8Array): Uint8Array {
    let out = "";
    let start = 0;
    for (let i = chunk.indexOf(10); i >= 0; i = chunk.indexOf(10, start)) {
      out += this.#take(chunk.subarray(start, i)) + this.#line("\n");
      start = i + 1;
    }
    out += this.#take(chunk.slice(start));
    return this.#encoder.encode(out);
  }

  /** What is left at the end of the stream. */
  end(): Uint8Array {
    return this.#encoder.encode(this.#line(""));
  }

  #take(bytes: Uint8Array): string {
    if (this.#skipping || bytes.byteLength === 0) return "";
    this.#parts.push(bytes);
    this.#held += bytes.byteLength;
    if (this.#held <= MAX_LINE_BYTES) return "";
    // Where a secret starts or ends in such a line cannot be known: its rest is left out.
    const line = this.#join().subarray(0, MAX_LINE_BYTES);
    this.#reset();
    this.#skipping = true;
    const text = this.#redactor.text(decode(line));
    const cut = Math.max(text.lastIndexOf(" "), text.lastIndexOf("\t"), 0);
    return this.#inKey ? "" : `${text.slice(0, cut)}[line cut at ${MAX_LINE_BYTES} bytes]`;
  }

  #line(ending: string): string {
    const text = decode(this.#join());
    this.#reset();
    if (this.#skipping) {
      this.#skipping = false;
      return ending;
    }
    if (this.#inKey) {
      if (PEM_END.test(text)) this.#inKey = false;
      return "";
    }
    if (PEM_BEGIN.test(text)) {
      this.#inKey = !PEM_END.test(text);
      this.#redactor.countKeyBlock();
      return KEY_LEFT_OUT + ending;
    }
    return text === "" ? ending : this.#redactor.text(text) + ending;
  }

  #join(): Uint8Array {
    if (this.#parts.length === 1) return this.#parts[0];
    const joined = new Uint8Array(this.#held);
    let at = 0;
    for (const part of this.#parts) {
      joined.set(part, at);
      at += part.byteLength;
    }
    return joined;
  }

  #reset(): void {
    this.#parts = [];
    this.#held = 0;
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
