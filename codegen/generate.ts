import { emitChanges } from "./emit/changes.js";
import { emitClient } from "./emit/client.js";
import { emitCommands } from "./emit/commands.js";
import { emitErrors } from "./emit/errors.js";
import { emitHandlers } from "./emit/handlers.js";
import { emitMethods } from "./emit/methods.js";
import { emitReference } from "./emit/reference.js";
import { emitTypes } from "./emit/types.js";
import { emitParamValidators, emitResultValidators } from "./emit/validators.js";
import type { OutputFile } from "./source.js";
import type { Spec } from "./spec.js";

/** Every file of `generated/`, computed in memory: the same specification and records always give the same bytes. */
export async function generate(spec: Spec, records: readonly Spec[]): Promise<OutputFile[]> {
  return [
    await emitTypes(spec),
    emitMethods(spec),
    emitErrors(spec),
    emitHandlers(spec),
    emitParamValidators(spec),
    emitResultValidators(spec),
    emitClient(spec),
    emitCommands(spec),
    ...emitReference(spec),
    emitChanges(spec, records),
  ];
}
