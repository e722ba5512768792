import { generate } from "./generate.js";
import { parseSpec } from "./house-rules.js";
import { staleness } from "./output-folder.js";
import { readRecords } from "./records.js";
import { readSpecText } from "./spec.js";
import { SpecificationError } from "./violation.js";

/**
 * Compares `generated/` with what `openrpc.json` gives: exit 0 where file set and bytes agree, else 1 with the fix.
 * It calls the function that the generator's component calls, so it needs neither a second folder nor the generator.
 */
try {
  const problems = await staleness(
    "generated",
    await generate(parseSpec(await readSpecText(".")), await readRecords(".")),
  );
  for (const problem of problems) console.error(`generated/${problem}`);
  if (problems.length > 0) {
    console.error("generated/ is not what openrpc.json says. Run `npm run generate` and commit the result.");
    process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof SpecificationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
