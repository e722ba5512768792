import { refused } from "./refused.js";

/** A request target, cut as RFC 9421 signs it; nothing is decoded. */
export interface Target {
  /** Never empty: an absolute target without a path means `/`. */
  readonly path: string;
  /** With its question mark, which is all of it where there is no query. */
  readonly query: string;
  /** Present in absolute form only. */
  readonly authority?: string;
}

const absoluteForm = /^https?:\/\/([^/?#@]+)((?:\/[^?#]*)?)(\?[^#]*)?$/i;
const originForm = /^(\/[^?#]*)(\?[^#]*)?$/;

/** Cuts a target in origin form or in absolute form; refuses any other. */
export function parseTarget(target: string): Target {
  const [, path, query = "?"] = originForm.exec(target) ?? [];
  if (path !== undefined) return { path, query };
  const [, authority, absolutePath, absoluteQuery = "?"] = absoluteForm.exec(target) ?? [];
  if (authority === undefined || absolutePath === undefined) {
    throw refused("malformed", "the request target is neither a path nor an http URL without user and fragment");
  }
  return { path: absolutePath === "" ? "/" : absolutePath, query: absoluteQuery, authority };
}

/** An authority as RFC 9421 §2.2.3 compares it: lower case, without the port that its scheme implies. */
export const normalAuthority = (authority: string, defaultPort: number): string =>
  authority
    .toLowerCase()
    .replace(/:(\d*)$/, (whole, port: string) => (port === "" || port === String(defaultPort) ? "" : whole));
