import { generate } from "./generate.js";
import { parseSpec } from "./house-rules.js";
import { writeOutput } from "./output-folder.js";
import { readRecords } from "./records.js";
import { readSpecText } from "./spec.js";

/**
 * The custom component of `@open-rpc/generator`. The document that the generator hands over has its references
 * resolved and their names lost, so the source is read again from the folder that the generator runs in.
 * Nothing is written unless everything could be made.
 */
async function writeGenerated(folder: string): Promise<void> {
  const files = await generate(parseSpec(await readSpecText(".")), await readRecords("."));
  await writeOutput(folder, files);
}

export default {
  hooks: {
    beforeCompileTemplate: [writeGenerated],
    templateFiles: { typescript: [] },
  },
  /** There are no static files to copy. */
  staticPath: (): undefined => undefined,
};
