import type { MethodName } from "../../generated/methods.gen.js";

/** What this build cannot do yet; each answers `unsupported`. A method leaves this list with the handler that serves it. */
export const unbuilt = [] as const satisfies readonly MethodName[];

export type Unbuilt = (typeof unbuilt)[number];
