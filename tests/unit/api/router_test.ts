import assert from "node:assert/strict";
import fc from "fast-check";
import { Problem } from "../../../src/api/problem.ts";
import { Router } from "../../../src/api/router.ts";
import { ROUTES } from "../../../src/api/routes/registry.ts";

const router = new Router(ROUTES);

function problemOf(method: string, path: string): Problem {
  try {
    router.match(method, path);
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error;
  }
  throw new Error(`${method} ${path} has a route`);
}

Deno.test("every route is found by its method and path", () => {
  for (const route of ROUTES) {
    const path = route.path.replace("{id}", "1702943456123456789");
    const match = router.match(route.method, path);
    assert.equal(match.route, route);
    assert.equal(match.id, route.path.includes("{id}") ? "1702943456123456789" : "");
  }
});

Deno.test("HEAD is GET without its body; other methods are named", () => {
  assert.equal(router.match("HEAD", "/stats").route.path, "/stats");
  const problem = problemOf("PUT", "/session");
  assert.equal(problem.status, 405);
  assert.deepEqual(problem.headers, { Allow: "GET, HEAD, POST, DELETE" });
  assert.equal(problemOf("GET", "/snapshot").headers.Allow, "POST");
  assert.equal(problemOf("HEAD", "/snapshot").status, 405);
});

Deno.test("a bundle's id is 19 digits and nothing else", () => {
  const id = "1702943456123456789";
  const paths = [
    `/bundles/${id}/`,
    `/bundles/${id}0`,
    `/bundles/${id.slice(1)}`,
    `/bundles//${id}`,
    `/bundles/../${id}`,
    `/bundles/%2e%2e%2f${id}`,
    `/bundles/${id}%00`,
    "/bundles/{id}",
    "/bundles/",
    `/stats/${id}`,
    "/__proto__",
    "/constructor",
  ];
  for (const path of paths) assert.equal(problemOf("GET", path).status, 404, path);
});

Deno.test("whatever the path is, it is a route's or a problem", () => {
  const known = new Set(ROUTES.map(({ path }) => path));
  const piece = fc.constantFrom("/", "..", "bundles", "1702943456123456789", "%2e", "metrics", "x");
  const paths = fc.oneof(fc.string({ unit: "binary" }), fc.array(piece).map((all) => all.join("")));
  fc.assert(fc.property(paths, fc.constantFrom("GET", "POST", "PUT", "get"), (path, method) => {
    try {
      const { route, id } = router.match(method, path);
      assert.ok(known.has(path) || path === `/bundles/${id}`);
      assert.equal(route.method, method);
    } catch (error) {
      assert.ok(error instanceof Problem && [404, 405].includes(error.status));
    }
  }));
});

Deno.test("two routes with one path and method are refused", () => {
  assert.throws(() => new Router([ROUTES[0], ROUTES[0]]), /because it is there already/);
});
