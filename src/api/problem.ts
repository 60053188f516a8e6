/**
 * Errors as RFC 9457 problem details. What a request did wrong is told; what broke inside is logged
 * and not told.
 * @module
 */

/** Media type of a problem. */
export const PROBLEM_TYPE = "application/problem+json";

/** The statuses that this API answers with, and their phrases (RFC 9110). */
const TITLES: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** More than the standard members. */
export interface ProblemExtras {
  /** What is wrong with each query parameter or line. */
  errors?: { parameter?: string; detail: string }[];
}

/** The body of an error's answer. */
export interface ProblemBody extends ProblemExtras {
  /** "about:blank": the status says what kind of problem it is. */
  type: string;
  /** The phrase of the status. */
  title: string;
  /** As in the status line. */
  status: number;
  /** What went wrong this time. */
  detail: string;
}

/** An answer that is an error. */
export class Problem extends Error {
  /** For messages. */
  override readonly name = "Problem";

  /**
   * An error to answer with.
   * @param status one of the statuses above
   * @param detail one or two sentences for whoever sent the request
   * @param headers to send with it
   */
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly extras: ProblemExtras = {},
  ) {
    super(detail);
  }

  /** As JSON. */
  body(): ProblemBody {
    const { status, detail, extras } = this;
    return { type: "about:blank", title: TITLES[status] ?? "Error", status, detail, ...extras };
  }
}

/**
 * A whole answer, written to a connection whose request could not be read.
 * @returns the bytes of the answer, which ends the connection
 */
export function rawProblem(problem: Problem): string {
  const body = problem.body();
  const text = JSON.stringify(body);
  return [
    `HTTP/1.1 ${body.status} ${body.title}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${new TextEncoder().encode(text).byteLength}`,
    "Connection: close",
    "",
    text,
  ].join("\r\n");
}
