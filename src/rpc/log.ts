export type LogLevel = "error" | "warn" | "info" | "debug";

/** Where the daemon says what it does; `server/log.ts` writes it to stderr. */
export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
