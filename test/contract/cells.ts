import { expect } from "vitest";
import { methods, type Right } from "../../generated/methods.gen.js";
import { referenceTable } from "../world/reference-table.js";

/** What a caller must get: a right, which `anonymous` leaves to the policy, or a refusal. */
export type Gets = { readonly right: Right | "anonymous" } | { readonly reason: string };

export const right = (granted: Right | "anonymous"): { gets: Gets } => ({ gets: { right: granted } });
export const refused = (reason: string): { gets: Gets } => ({ gets: { reason } });

const SECRET = "a parameter that nobody has";
const named = Object.keys(methods);

/** A batch of a call to each of these methods, under its name. */
export const batchOf = (names: readonly string[], params: (name: string) => unknown): string =>
  JSON.stringify(names.map((method) => ({ jsonrpc: "2.0", id: method, method, params: params(method) })));

/** A call to each method, with a parameter that none takes. */
export const wrongForAll = batchOf(named, () => ({ [SECRET]: SECRET }));

interface Reply {
  readonly id: string;
  readonly error?: { readonly code: number; readonly data: Readonly<Record<string, unknown>> };
}

export const repliesIn = (text: string): readonly Reply[] => JSON.parse(text);

/** What a right allows, written down once more than in the daemon. */
const levels = ["none", "read", "write", "admin"];
const allows = (granted: string, required: string) => levels.indexOf(granted) >= levels.indexOf(required);

/** What a policy gives to who presents nothing, and whether that is somebody of this node. */
export interface Anonymous {
  readonly right: Right;
  readonly isRemote: boolean;
}

/** Each method's right, by the specification and by the reference's tables. */
export const tables: readonly (readonly [string, ReadonlyMap<string, string>])[] = [
  ["the specification says", new Map(Object.entries(methods).map(([name, { right }]) => [name, right]))],
  ["the reference's tables say", new Map(referenceTable.map(({ method, right }) => [method, right]))],
];

/** Every cell of one caller: `text` answers `wrongForAll`, and says of parameters only what the caller may know. */
export function expectCells(text: string, gets: Gets, anonymous: Anonymous, table: ReadonlyMap<string, string>): void {
  const replies = repliesIn(text);
  expect(replies.map(({ id }) => id)).toEqual(named);
  expect(table.size).toBe(74);
  for (const [name, required] of table) {
    const reply = replies.find(({ id }) => id === name);
    expectCell(reply, gets, required, anonymous);
  }
}

function expectCell(reply: Reply | undefined, gets: Gets, inTable: string, anonymous: Anonymous): void {
  const { code, data: { request_id, ...data } = {} } = reply?.error ?? {};
  if ("reason" in gets) {
    expect([code, data]).toEqual([-32001, { kind: "unauthenticated", reason: gets.reason }]);
    expect(JSON.stringify(reply)).not.toContain(SECRET);
    return;
  }
  const isAnybody = gets.right === "anonymous";
  const granted = isAnybody ? anonymous.right : gets.right;
  // What needs no right is still not for strangers from afar, unless they may read.
  const required = isAnybody && anonymous.isRemote && inTable === "none" ? "read" : inTable;
  if (allows(granted, required)) {
    expect(data).toMatchObject({ kind: "invalid_params", problems: [{ field: SECRET }] });
    return;
  }
  const told = granted === "none" ? "read" : required;
  expect([code, data]).toEqual([-32003, { kind: "permission_denied", method: reply?.id, required: told, granted }]);
  expect(JSON.stringify(reply)).not.toContain(SECRET);
}
