/**
 * Which lines the agent's log takes: AOD_LOG_LEVEL, else what the configuration says.
 * @module
 */
import type { LoggingConfig } from "../config/platform.ts";
import { type LogLevel, parseLogLevel } from "./log.ts";

/** The least level that is written. A variable that names no level counts for nothing. */
export function wantedLevel(
  { logging }: { logging: LoggingConfig },
  variable: string | undefined = Deno.env.get("AOD_LOG_LEVEL"),
): LogLevel {
  const named = variable === undefined ? null : parseLogLevel(variable);
  return named ?? (logging.verbose ? "DEBUG" : logging.level);
}
