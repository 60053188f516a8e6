/**
 * Who may ask: a bearer token, or the cookie that the page's login gets for it. The cookie holds a
 * time of expiry and a signature under the token, so that it outlives a restart of the agent and
 * dies with the token. Comparisons take the same time whatever is given.
 * @module
 */

/** Name of the session cookie. */
export const SESSION_COOKIE = "aod_session";
/** Life of a session. */
export const SESSION_SEC = 12 * 3600;

/** How a request proved who it is. */
export type Credential = "bearer" | "cookie";

/** Compares without telling by its time where two texts differ. Lengths are no secret. */
export function equalInConstantTime(a: string, b: string): boolean {
  const left = new TextEncoder().encode(a);
  const right = new TextEncoder().encode(b);
  let different = left.length ^ right.length;
  for (let i = 0; i < left.length; i++) {
    different |= left[i] ^ right[right.length === 0 ? 0 : i % right.length];
  }
  return different === 0;
}

/** Checks tokens and cookies. */
export class ApiAuth {
  readonly #token: string;
  readonly #key: Promise<CryptoKey>;
  readonly #now_ms: () => number;

  /**
   * Takes the token.
   * @param token as in the token file
   * @param now_ms wall clock
   */
  constructor(token: string, now_ms: () => number = Date.now) {
    this.#token = token;
    this.#now_ms = now_ms;
    const bytes = new TextEncoder().encode(`aod session ${token}`);
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    this.#key = crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
  }

  /** Whether this is the token. */
  isToken(candidate: string): boolean {
    return equalInConstantTime(candidate, this.#token);
  }

  /** Which credential of a request is good; null for none. */
  async check(
    headers: Readonly<Record<string, string | undefined>>,
  ): Promise<Credential | null> {
    const bearer = /^Bearer +(\S{1,512}) *$/i.exec(headers.authorization ?? "");
    if (bearer !== null) return this.isToken(bearer[1]) ? "bearer" : null;
    for (const value of cookiesOf(headers.cookie ?? "", SESSION_COOKIE)) {
      if (await this.isSession(value)) return "cookie";
    }
    return null;
  }

  /** A `Set-Cookie` value that begins a session. */
  async beginSession(secure: boolean): Promise<string> {
    const expires_sec = Math.floor(this.#now_ms() / 1000) + SESSION_SEC;
    const value = `${expires_sec}.${await this.#sign(expires_sec)}`;
    return cookie(value, SESSION_SEC, secure);
  }

  /** A `Set-Cookie` value that ends it. */
  endSession(secure: boolean): string {
    return cookie("", 0, secure);
  }

  /** Whether a cookie's value is one of ours and not expired. */
  async isSession(value: string): Promise<boolean> {
    const parts = /^([0-9]{1,12})\.([0-9a-f]{64})$/.exec(value);
    if (parts === null) return false;
    const expires_sec = Number(parts[1]);
    const signed = equalInConstantTime(parts[2], await this.#sign(expires_sec));
    const left_sec = expires_sec - this.#now_ms() / 1000;
    return signed && left_sec > 0 && left_sec <= SESSION_SEC;
  }

  async #sign(expires_sec: number): Promise<string> {
    const text = new TextEncoder().encode(String(expires_sec));
    return new Uint8Array(await crypto.subtle.sign("HMAC", await this.#key, text)).toHex();
  }
}

/** Every value of a cookie in a `Cookie` header: another path or domain may have set one too. */
function cookiesOf(header: string, name: string): string[] {
  return header.split(";").map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
    .slice(0, 4);
}

function cookie(value: string, max_age_sec: number, secure: boolean): string {
  const parts = [
    `${SESSION_COOKIE}=${value}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Strict",
    `Max-Age=${max_age_sec}`,
  ];
  if (secure) parts.push("Secure");
  return parts.join("; ");
}
