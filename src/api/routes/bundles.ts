/**
 * `/bundles` and the download of one. What a client says is 19 digits; the name of the file is made
 * here, and the file is opened without following a link.
 * @module
 */
import { pipeline } from "node:stream/promises";
import { hasCode, openRegular } from "../../evidence/files.ts";
import { BATCHES, sealedName } from "../../evidence/names.ts";
import { Problem } from "../problem.ts";
import { LIMIT } from "../query.ts";
import { json, type Route, type StreamReply } from "../route.ts";

/** The newest bundles. */
export const bundles: Route = {
  method: "GET",
  path: "/bundles",
  access: "token",
  query: [LIMIT],
  handle: async ({ query }, { data }) => {
    // Not before it is needed: it brings a schema library with it.
    const { newestBundles } = await import("../bundle_rows.ts");
    return json(await newestBundles(data.outputDir(), query.integer("limit")));
  },
};

/** One bundle, as it lies on disk. */
export const bundle: Route = {
  method: "GET",
  path: "/bundles/{id}",
  access: "token",
  query: [],
  handle: async ({ id }, { data }): Promise<StreamReply> => {
    const name = sealedName(id);
    const file = await open(`${data.outputDir()}/${BATCHES}/${name}`, id);
    const { size } = await file.stat();
    return {
      type: "application/zstd",
      headers: {
        "Content-Length": String(size),
        "Content-Disposition": `attachment; filename="${name}"`,
      },
      // `end`: a sealed bundle does not grow, but the length has been promised.
      stream: (response, signal) =>
        size === 0
          ? file.close().then(() => void response.end())
          : pipeline(file.createReadStream({ end: size - 1 }), response, { signal }),
      cancel: () => void file.close().catch(() => {}),
    };
  },
};

async function open(path: string, id: string) {
  try {
    return await openRegular(path);
  } catch (error) {
    // What is no file (openRegular's own error has no code), or a link, is none of our bundles.
    const isNone = error instanceof Error && !("code" in error);
    if (isNone || ["ENOENT", "ELOOP", "ENOTDIR"].some((code) => hasCode(error, code))) {
      throw new Problem(404, `There is no bundle ${id}`);
    }
    throw error;
  }
}
