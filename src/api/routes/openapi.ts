/**
 * `/openapi.json`.
 * @module
 */
import type { Route } from "../route.ts";

let document: string | null = null;

/** The description of this API. */
export const openapi: Route = {
  method: "GET",
  path: "/openapi.json",
  access: "token",
  query: [],
  handle: async (_request, { routes }) => {
    if (document === null) {
      // Not before it is needed: it brings a schema library and the schemas with it.
      const { openApiDocument } = await import("../openapi/document.ts");
      document = JSON.stringify(openApiDocument(routes));
    }
    return { type: "application/json", body: document };
  },
};
