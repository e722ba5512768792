import { encodeJson } from "../rpc/encode.js";
import { parseExactly } from "../rpc/exact.js";

/** What makes of a body whose methods begin with one namespace the same body with another; others get a name that nobody has. */
export const renamed =
  (from: string, to: string) =>
  (body: Uint8Array): Uint8Array => {
    let message: unknown;
    try {
      message = parseExactly(Buffer.from(body).toString("utf8"));
    } catch {
      // Whoever answers it says what is wrong with it.
      return body;
    }
    const rename = (call: unknown) => (isCall(call) ? { ...call, method: nameIn(call.method, from, to) } : call);
    return Buffer.from(encodeJson(Array.isArray(message) ? message.map(rename) : rename(message)));
  };

const nameIn = (method: string, from: string, to: string): string =>
  method.startsWith(`${from}.`) ? `${to}${method.slice(from.length)}` : `${from}: ${method}`;

const isCall = (call: unknown): call is { method: string } =>
  typeof call === "object" && call !== null && "method" in call && typeof call.method === "string";
