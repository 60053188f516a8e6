/**
 * The dashboard's files, as they are in the program.
 * @module
 */
import type { PageFiles } from "../../api/page.ts";
import { assetBytes, type DashboardAsset } from "../../os/assets.ts";

const FILES: Record<string, { name: DashboardAsset; type: string }> = {
  "/": { name: "dashboard.html", type: "text/html; charset=utf-8" },
  "/dashboard.css": { name: "dashboard.css", type: "text/css; charset=utf-8" },
  "/dashboard.js": { name: "dashboard.js", type: "text/javascript; charset=utf-8" },
  "/dashboard.svg": { name: "dashboard.svg", type: "image/svg+xml" },
};

/** Files by path; each is read when it is first asked for. */
export function dashboardFiles(): PageFiles {
  return Object.fromEntries(
    Object.entries(FILES).map(([path, { name, type }]) => [path, {
      type,
      load: () => assetBytes(name),
    }]),
  );
}
