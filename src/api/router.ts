/**
 * Finds the route of a request. Paths are compared as they come: nothing is decoded, so nothing can
 * be hidden in them.
 * @module
 */
import { Problem } from "./problem.ts";
import type { Route } from "./route.ts";

/** A route and the `{id}` of the path, "" where it has none. */
export interface Match {
  /** Whose `handle` is to be called. */
  route: Route;
  /** 19 digits. */
  id: string;
}

const WITH_ID = /^(\/[a-z]+)\/([0-9]{19})$/;

/** All routes by path. */
export class Router {
  readonly #routes = new Map<string, Route[]>();

  /**
   * Orders the routes by path.
   * @throws {Error} when two routes have the same method and path
   */
  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const there = this.#routes.get(route.path) ?? [];
      if (there.some(({ method }) => method === route.method)) {
        throw new Error(`Cannot add ${route.method} ${route.path}: because it is there already`);
      }
      this.#routes.set(route.path, [...there, route]);
    }
  }

  /**
   * The route for a method and a path.
   * @throws {Problem} 404, or 405 with the methods that are there
   */
  match(method: string, path: string): Match {
    const parts = WITH_ID.exec(path);
    const routes = this.#routes.get(path) ?? this.#routes.get(parts ? `${parts[1]}/{id}` : "");
    // A template's own text is no path.
    if (routes === undefined || path.includes("{")) {
      throw new Problem(404, "There is nothing here; the paths are in /openapi.json");
    }
    const wanted = method === "HEAD" ? "GET" : method;
    const route = routes.find((one) => one.method === wanted);
    if (route !== undefined) return { route, id: parts?.[2] ?? "" };
    const methods = routes.flatMap((one) => one.method === "GET" ? ["GET", "HEAD"] : [one.method]);
    throw new Problem(405, `This path takes ${methods.join(", ")}`, { Allow: methods.join(", ") });
  }
}
