import { createRequire } from "node:module";

// Required, not imported: its declarations pull in TypeScript sources that do not compile under our settings.
const schemaUtils: {
  validateOpenRPCDocument(document: unknown): true | Error;
} = createRequire(import.meta.url)("@open-rpc/schema-utils-js");

/** Why a document does not fit the meta-schema of its OpenRPC version, or undefined where it does. */
export function metaSchemaProblem(document: unknown): string | undefined {
  const validity = schemaUtils.validateOpenRPCDocument(document);
  return validity === true ? undefined : validity.message;
}
