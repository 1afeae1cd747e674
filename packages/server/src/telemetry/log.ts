/**
 * The log: every event it can write is declared here, once, with its level. One line per event, in
 * JSON, on standard error; fields are data, never part of the sentence, so that nothing received can
 * forge a line (I12).
 *
 * Exactly one line per request and one per attempt, at the level `debug`: they are what `/stream`
 * and the API show anyway. Secrets never get here; the known names are redacted as a second line of
 * defence (I8).
 */
import { pino } from "pino";

export const LOG_EVENTS = {
  "gateway.started": "info",
  "gateway.stopping": "info",
  "gateway.stopped": "info",
  "config.applied": "info",
  "config.rejected": "warn",
  "request.stored": "debug",
  "attempt.finished": "debug",
  "destination.state_changed": "warn",
  "replay.failed": "error",
  "storage.failed": "fatal",
  "api.defect": "error",
} as const;

export type LogEvent = keyof typeof LOG_EVENTS;
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

export type Log = {
  write(event: LogEvent, fields: Readonly<Record<string, unknown>>): void;
};

const REDACTED = ["authorization", "cookie", "secret", "secrets", "token", "password", "apiKey"];

export function createLog(level: LogLevel): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: "event",
      redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: "[secret]" },
    },
    pino.destination({ dest: 2, sync: true }),
  );
  return {
    write(event, fields) {
      logger[LOG_EVENTS[event]](fields, event);
    },
  };
}
