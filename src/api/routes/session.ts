/**
 * `/session`: the page's login. It exchanges the token for a cookie that scripts cannot read.
 * @module
 */
import { Problem } from "../problem.ts";
import { json, type Route } from "../route.ts";

/** Whether the caller's credentials are good: the page asks this first. */
export const session: Route = {
  method: "GET",
  path: "/session",
  access: "token",
  query: [],
  handle: () => json({ status: "ok" }),
};

/** Login. */
export const login: Route = {
  method: "POST",
  path: "/session",
  access: "open",
  query: [],
  handle: async ({ body, headers, secure }, { auth }) => {
    // Forms of other origins cannot send this type without asking first.
    if (!/^application\/json *(;|$)/i.test(headers["content-type"] ?? "")) {
      throw new Problem(415, "The body must be application/json");
    }
    if (!auth.isToken(tokenOf(body))) throw new Problem(401, "This is not the token");
    const cookie = await auth.beginSession(secure);
    return { ...json({ status: "ok" }), headers: { "Set-Cookie": cookie } };
  },
};

/** Logout. */
export const logout: Route = {
  method: "DELETE",
  path: "/session",
  access: "open",
  query: [],
  handle: ({ secure }, { auth }) => ({
    status: 204,
    headers: { "Set-Cookie": auth.endSession(secure) },
    type: "",
    body: "",
  }),
};

function tokenOf(body: Uint8Array): string {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Problem(400, "The body is not JSON");
  }
  if (typeof value === "object" && value !== null && "token" in value) {
    if (typeof value.token === "string" && value.token.length <= 512) return value.token;
  }
  throw new Problem(400, 'The body must be {"token": "..."}');
}
