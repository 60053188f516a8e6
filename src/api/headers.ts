/**
 * Headers of every answer. The page may load what this server serves and nothing else; data is not
 * to be framed, sniffed, cached or read by another origin.
 * @module
 */

const COMMON = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
} as const;

/** For data. */
export const DATA_HEADERS: Readonly<Record<string, string>> = {
  ...COMMON,
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
};

/** For the page and its assets. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...COMMON,
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
};
