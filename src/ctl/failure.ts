import type { Command } from "../../generated/commands.gen.js";
import type { ErrorKind } from "../../generated/errors.gen.js";
import { isMyOsError, MyOsConnectionError, type MyOsError } from "../../sdk/errors.js";
import { inFlags } from "./spoken.js";
import type { Style } from "./style.js";
import { cellText } from "./table.js";
import { UsageError } from "./usage.js";
import { printable } from "./width.js";

const USAGE = 64;
const UNREACHABLE = 69;
const INTERNAL = 70;

/** The exit code of a failure: 64 usage, 69 no answer, 11–18 and 21–26 by the error's kind (its number), 70 anything else. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return USAGE;
  if (error instanceof MyOsConnectionError) return UNREACHABLE;
  if (!isMyOsError(error)) return INTERNAL;
  const { code } = error;
  // 1004 `not_found` is 14, −32003 `permission_denied` is 23; JSON-RPC's own errors are a wrong call or a defect.
  if (code > 1000 && code < 1050) return code - 990;
  if (code <= -32001 && code > -32050) return 20 - (code + 32000);
  return error.kind === "invalid_params" || error.kind === "method_not_found" ? USAGE : INTERNAL;
}

/** `bridge_port v0`, and what else is known of it. */
function holderText(holder: object): string {
  const { kind, name, ...more }: Readonly<Record<string, unknown>> = { ...holder };
  if (kind === undefined || name === undefined) return cellText(holder);
  const rest = Object.keys(more).length === 0 ? "" : ` (${cellText(more)})`;
  return `${cellText(kind)} ${cellText(name)}${rest}`;
}

/** What to do about an error of a kind; data of the error itself comes first. */
const nextSteps: { readonly [K in ErrorKind]?: (error: MyOsError<K>) => string | undefined } = {
  unauthenticated: () =>
    "check --key-file, --token-file or the certificate; `my-os-ctl whoami` says who you are taken for",
  permission_denied: ({ data }) =>
    `this needs the right ${data.required} and you have ${data.granted}: use a key or token that has it (--key-file, --token-file), or ask the node's admin`,
  upstream_unavailable: ({ data }) => `start ${data.upstream}, which answers on ${data.socket}`,
  overloaded: ({ data }) => `ask again in ${data.retry_after_ms} ms`,
  timeout: ({ data }) =>
    data.may_have_happened ? "it may still happen: look before asking again" : "ask again, or for less",
  tool_missing: ({ data }) => `on the node: apt install ${data.package}`,
  in_use: ({ data }) => `held by: ${data.holders.map(holderText).join("; ")}`,
  conflict: ({ data }) => `wanted: ${cellText(data.expected)}\nthere:  ${cellText(data.actual)}`,
  command_failed: ({ data }) => `${data.argv.join(" ")}\n${data.stderr}`,
  invalid_params: ({ data }) =>
    data.problems
      .map(
        ({ field, reason, nearest }) =>
          `${field || "parameters"}: ${reason}${nearest ? ` (did you mean ${nearest}?)` : ""}`,
      )
      .join("\n"),
  internal_error: ({ data }) => `the daemon's log says more under request id ${data.request_id}`,
};

/** An error for people, on standard error: what was wrong, and the next step. */
export function failureText(error: unknown, style: Style, command?: Command): string {
  const label = style.bad("error:");
  if (error instanceof UsageError) return `${label} ${printable(error.message)}\n${hint(error.hint, style)}`;
  if (error instanceof MyOsConnectionError) {
    const doubt = error.mayHaveHappened ? "the call may have been carried out: look before asking again" : undefined;
    return `${label} ${printable(error.message)}\n${hint(doubt, style)}`;
  }
  if (!isMyOsError(error)) return `${label} ${printable(error instanceof Error ? error.message : String(error))}\n`;
  return `${label} ${printable(inFlags(error.message, command))} ${style.dim(`(${error.kind})`)}\n${hint(nextStep(error), style)}`;
}

function nextStep<K extends ErrorKind>(error: MyOsError<K>): string | undefined {
  try {
    return nextSteps[error.kind]?.(error);
  } catch {
    // Another daemon's error may lack what ours always holds.
    return undefined;
  }
}

const hint = (text: string | undefined, style: Style): string =>
  text === undefined
    ? ""
    : text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => `       ${style.dim(printable(line))}\n`)
        .join("");
