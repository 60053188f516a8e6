/**
 * `POST /snapshot` and `POST /reload`.
 * @module
 */
import { Problem } from "../problem.ts";
import { json, type Route } from "../route.ts";

/** Collects evidence now, as `aod snapshot` does. */
export const snapshot: Route = {
  method: "POST",
  path: "/snapshot",
  access: "token",
  query: [],
  handle: async (_request, { data }) => {
    let made;
    try {
      made = await data.snapshot();
    } catch (error) {
      throw new Problem(503, error instanceof Error ? error.message : String(error));
    }
    const url = `/bundles/${made.id}`;
    const { status, ...reply } = json({ ...made, url }, 201);
    return { status, ...reply, headers: { Location: url } };
  },
};

/** Reads the configuration again, as SIGHUP does. */
export const reload: Route = {
  method: "POST",
  path: "/reload",
  access: "token",
  query: [],
  handle: async (_request, { data }) => {
    const result = await data.reload();
    if (result.ok) return json({ changes: result.changes });
    const errors = result.details.map((detail) => ({ detail }));
    throw new Problem(422, result.error, {}, { errors });
  },
};
