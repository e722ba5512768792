// Calls destructive storage methods of the built daemon's own code one after the other, in this very process: for guests,
// where a process costs seconds, and to be killed: MOS_TEST_KILL_AFTER names a step after which it ends as by `kill -9`.
// MOS_TEST_THEN is a shell script that runs once after the step MOS_TEST_AFTER: what others do meanwhile.
// Standard input is a JSON list of `[method, params]`, or of `["sh", text]` for what happens in between.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { validateResult } from "../../dist/generated/results.gen.js";
import { Files } from "../../dist/src/kernel/files.js";
import { Identities } from "../../dist/src/kernel/identities.js";
import { toolError } from "../../dist/src/native/tool-errors.js";
import { blockWrites } from "../../dist/src/native/vol/block-writes.js";
import { WriteQueue } from "../../dist/src/state/queue.js";
import { inSteps } from "../../dist/src/state/steps.js";

const last = process.env.MOS_TEST_KILL_AFTER;
let isDone = false;
const hook = (step) => {
  if (step === process.env.MOS_TEST_AFTER && !isDone) {
    isDone = true;
    execFileSync("sh", ["-eu"], { input: process.env.MOS_TEST_THEN, stdio: ["pipe", "ignore", "inherit"] });
  }
  if (step === last) process.kill(process.pid, "SIGKILL");
};
const onUndoFailure = ({ step, error }) => {
  throw new Error(`${step} could not be undone: ${error}`);
};
const files = new Files();
const handlers = blockWrites({
  files,
  identities: new Identities(files),
  state: { queue: new WriteQueue(), steps: (work) => inSteps({ hook, onUndoFailure }, work) },
});

async function answer([method, params]) {
  if (method === "sh") {
    return {
      stdout: execFileSync("sh", ["-eu"], { input: params, encoding: "utf8", stdio: ["pipe", "pipe", "inherit"] }),
    };
  }
  try {
    const result = await handlers[method](params, { signal: new AbortController().signal });
    if (!validateResult[method](result)) throw new Error(JSON.stringify(validateResult[method].errors));
    return { result };
  } catch (error) {
    const refusal = error.kind === undefined ? toolError(error) : error;
    if (!refusal) throw error;
    return { error: { kind: refusal.kind, message: refusal.message, details: refusal.details } };
  }
}

const answers = [];
for (const call of JSON.parse(readFileSync(0, "utf8"))) answers.push(await answer(call));
process.stdout.write(JSON.stringify(answers, (_, item) => (typeof item === "bigint" ? Number(item) : item)));
