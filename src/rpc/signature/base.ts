import type { Fields } from "./fields.js";
import { refused, shown } from "./refused.js";
import { type InnerList, serializeInnerList, serializeString } from "./structured-fields.js";
import { normalAuthority, parseTarget, type Target } from "./target.js";

/** What a signature covers of a request; the body is covered by its digest. */
export interface RequestHead {
  readonly method: string;
  /** The request target as it came: Node's `message.url`. */
  readonly target: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
}

/** Says the value of a covered component; refuses one that the request does not have. */
export type ComponentValue = (name: string) => string;

// Header bytes beyond ASCII have no agreed text, and a line break would forge another line of the base.
const PRINTABLE = /^[\t\x20-\x7e]*$/;

/** The component values of a request; `defaultPort` is the one that its scheme implies. */
export function componentsOf({ method, target }: RequestHead, fields: Fields, defaultPort: number): ComponentValue {
  const parsed = parseTarget(target);
  return (name) => {
    const value = componentOf(name, method, parsed, fields, defaultPort);
    if (!PRINTABLE.test(value)) throw refused("malformed", `the component ${shown(name)} has bytes beyond ASCII`);
    return value;
  };
}

function componentOf(name: string, method: string, target: Target, fields: Fields, defaultPort: number): string {
  if (name === "@method") return method;
  if (name === "@path") return target.path;
  if (name === "@query") return target.query;
  if (name === "@authority") return authorityOf(target, fields, defaultPort);
  if (name.startsWith("@")) throw refused("malformed", `the component ${shown(name)} is not supported`);
  return fields.required(name);
}

/** The host that the request is for; two that differ would be two readings of one request. */
function authorityOf(target: Target, fields: Fields, defaultPort: number): string {
  const host = fields.one("host");
  const named = [target.authority, host]
    .filter((authority) => authority !== undefined)
    .map((authority) => normalAuthority(authority, defaultPort));
  const [authority] = named;
  if (authority === undefined) throw refused("malformed", "the signature covers @authority, and there is no Host");
  if (named.some((other) => other !== authority)) {
    throw refused("malformed", "the request target and Host name different authorities");
  }
  return authority;
}

/** The text that is signed, RFC 9421 §2.5: a line for each covered component, then the signature's own parameters. */
export function signatureBase(input: InnerList, component: ComponentValue): string {
  const lines = namesOf(input).map((name) => `${serializeString(name)}: ${component(name)}`);
  return [...lines, `"@signature-params": ${serializeInnerList(input)}`].join("\n");
}

const NAME = /^@?[a-z0-9!#$%&'*+.^_`|~-]+$/;

/** The covered components' names; refuses one that comes twice, that has parameters (`;req`, `;bs`, …) or is no name. */
export function namesOf({ items }: InnerList): readonly string[] {
  const names = new Set<string>();
  for (const { bare, parameters } of items) {
    if (bare.type !== "string" || !NAME.test(bare.value)) {
      throw refused("malformed", "a covered component is a lower-case name in quotes");
    }
    const [parameter] = parameters.keys();
    if (parameter !== undefined) {
      throw refused("malformed", `the component ${shown(bare.value)} has the parameter ${shown(parameter)}`);
    }
    if (names.has(bare.value)) throw refused("duplicated", `the signature covers ${shown(bare.value)} twice`);
    names.add(bare.value);
  }
  return [...names];
}
