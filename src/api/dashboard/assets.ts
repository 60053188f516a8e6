/**
 * The dashboard's files as the server serves them, read from the program when first asked for.
 * @module
 */
import { assetBytes, type DashboardAsset } from "../../os/assets.ts";
import type { PageFile, PageFiles } from "../page.ts";

function file(name: DashboardAsset, type: string): PageFile {
  return { type, load: () => assetBytes(name) };
}

/** By path. The build makes them: packaging/dashboard.ts. */
export const DASHBOARD: PageFiles = {
  "/": file("dashboard.html", "text/html; charset=utf-8"),
  "/dashboard.css": file("dashboard.css", "text/css; charset=utf-8"),
  "/dashboard.js": file("dashboard.js", "text/javascript; charset=utf-8"),
  "/dashboard.svg": file("dashboard.svg", "image/svg+xml"),
};
