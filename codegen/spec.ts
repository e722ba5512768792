import { readFile } from "node:fs/promises";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON Schema as this project writes it: draft-07 keywords and our own `x-` marks. */
export interface Schema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly default?: Json;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly if?: Schema;
  readonly then?: Schema;
  readonly else?: Schema;
  readonly deprecated?: boolean;
  /** Why an object takes properties that the schema does not name. */
  readonly "x-open"?: string;
  /** An exact unsigned 64-bit integer: `number` when safe, else `bigint`. */
  readonly "x-uint64"?: boolean;
  /** Masked in the audit. */
  readonly "x-secret"?: boolean;
  /** Where a shell's completion finds values: reads, and the field of their rows. */
  readonly "x-complete"?: readonly { readonly method: string; readonly field: string }[];
}

export interface ContentDescriptor {
  readonly name: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly schema: Schema;
}

export interface Example {
  readonly name: string;
  readonly description?: string;
  readonly params: readonly { readonly name: string; readonly value: Json }[];
  readonly result?: { readonly name: string; readonly value: Json };
}

type Right = "none" | "read" | "write" | "admin";

export interface Method {
  readonly name: string;
  readonly summary?: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly tags?: readonly { readonly name: string }[];
  readonly paramStructure?: string;
  readonly "x-right": Right;
  readonly "x-deadline-ms": number;
  readonly "x-mos-only"?: boolean;
  readonly "x-destructive"?: boolean;
  /** What people want to see of a result: its rows (itself, or the list in it that `rows` names) and their fields. */
  readonly "x-table"?: { readonly rows?: string; readonly columns: readonly string[] };
  readonly params: readonly ContentDescriptor[];
  readonly result: ContentDescriptor;
  readonly errors?: readonly { readonly $ref: string }[];
  readonly examples?: readonly Example[];
}

interface ErrorComponent {
  readonly code: number;
  readonly message: string;
  readonly data?: Json;
}

/** `openrpc.json` in its source form: nothing resolved, everything in the order it is written. */
export interface Spec {
  readonly openrpc: string;
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly methods: readonly Method[];
  readonly components: {
    readonly errors: Readonly<Record<string, ErrorComponent>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
  /** Keys of the errors that any method can answer. */
  readonly "x-common-errors": readonly string[];
}

/** The specification's file name, in messages and on disk. */
export const SPEC_FILE = "openrpc.json";

/** Reads the specification's text from a folder. */
export const readSpecText = (folder: string): Promise<string> => readFile(`${folder}/${SPEC_FILE}`, "utf8");

/** The tag that a method's file, handler interface, tests and page follow. */
export const tagOf = (method: Method): string => method.tags?.[0]?.name ?? "";

/** Tags with their methods, both in the order of the specification. */
export function methodsByTag(spec: Spec): Map<string, Method[]> {
  const groups = new Map<string, Method[]>();
  for (const method of spec.methods) {
    const group = groups.get(tagOf(method));
    if (group) group.push(method);
    else groups.set(tagOf(method), [method]);
  }
  return groups;
}
