import type { Log, LogFields, LogLevel } from "../rpc/log.js";

export interface LogOptions {
  readonly format: "human" | "json";
  /** Whether `debug` lines are written. */
  readonly verbose: boolean;
  write(line: string): void;
}

/** Writes one line an event: for people, or as JSON for whatever collects logs. */
export function logTo({ format, verbose, write }: LogOptions): Log {
  const line = format === "json" ? jsonLine : humanLine;
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) =>
      write(line(level, message, fields));
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: verbose ? at("debug") : () => {} };
}

function jsonLine(level: LogLevel, message: string, fields: LogFields): string {
  return `${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`;
}

function humanLine(level: LogLevel, message: string, fields: LogFields): string {
  const time = new Date().toISOString().slice(11, 23);
  const shown = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [` ${name}=${plain(value)}`],
  );
  return `${time} ${level.padEnd(5)} ${message}${shown.join("")}\n`;
}

// Quoted unless it is one plain word: a value must not pass for another field, a line or a terminal's command.
function plain(value: string | number | boolean): string {
  const text = String(value);
  return /^[\w./:@+,%-]+$/.test(text) ? text : JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029]/g, escaped);
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
