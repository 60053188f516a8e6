/**
 * Requests to the agent. The session is in a cookie that scripts cannot read; the browser sends it.
 * @module
 */

/** The agent does not know who asks: the login form is needed. */
export class SignedOut extends Error {}

/** A request is given up after this. */
const TIMEOUT_MS = 15_000;

/** Text of an answer that is no success: the `detail` of a problem document, or the status. */
async function problem(response: Response): Promise<string> {
  try {
    const { detail, title } = await response.json() as { detail?: string; title?: string };
    return detail ?? title ?? `status ${response.status}`;
  } catch {
    return `status ${response.status}`;
  }
}

async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, {
    credentials: "same-origin",
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...init,
  });
  if (response.status === 401) throw new SignedOut(await problem(response));
  if (!response.ok) throw new Error(`Cannot get ${path}: because ${await problem(response)}`);
  return response;
}

/**
 * The answer of a path.
 * @throws SignedOut without a session, Error with the agent's reason otherwise
 */
export async function getJson<T>(path: string): Promise<T> {
  return await (await request(path)).json() as T;
}

/**
 * Whether the session is good.
 * @throws SignedOut when it is not
 */
export async function checkSession(): Promise<void> {
  await (await request("/session")).body?.cancel();
}

/**
 * Exchanges the token for the session cookie.
 * @throws SignedOut when the token is not the agent's
 */
export async function signIn(token: string): Promise<void> {
  await request("/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
}

/** Ends the session. */
export async function signOut(): Promise<void> {
  await request("/session", { method: "DELETE" });
}

/** Collects evidence now; answers when the bundle is sealed. It may take as long as a capture. */
export async function takeSnapshot(): Promise<{ id: string }> {
  const response = await request("/snapshot", {
    method: "POST",
    signal: AbortSignal.timeout(120_000),
  });
  return await response.json() as { id: string };
}
