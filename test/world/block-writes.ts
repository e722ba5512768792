import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { expect } from "vitest";
import type { Handlers } from "../../generated/handlers.gen.js";
import { validateResult } from "../../generated/results.gen.js";
import { Files } from "../../src/kernel/files.js";
import { Identities } from "../../src/kernel/identities.js";
import { toolError } from "../../src/native/tool-errors.js";
import { blockWrites } from "../../src/native/vol/block-writes.js";
import { RpcError } from "../../src/rpc/errors.js";
import { WriteQueue } from "../../src/state/queue.js";
import { inSteps, type StepHook } from "../../src/state/steps.js";
import { callContext } from "./call-context.js";
import type { LoopDevice } from "./loop.js";

type Writes = ReturnType<typeof blockWrites>;
export type BlockWrite = keyof Writes;
type Params<M extends BlockWrite> = Parameters<Handlers[M]>[0];
type Result<M extends BlockWrite> = Awaited<ReturnType<Handlers[M]>>;

/** The destructive storage methods in this process, on devices that the test has made. */
export class BlockWriter {
  private readonly handlers: Writes;

  constructor({ hook, stateDir, files = new Files() }: { hook?: StepHook; stateDir?: string; files?: Files } = {}) {
    const onUndoFailure = ({ step, error }: { step: string; error: unknown }) => {
      throw new Error(`${step} could not be undone: ${String(error)}`);
    };
    const state = { queue: new WriteQueue(), steps: inSteps.bind(undefined, { hook, onUndoFailure }) };
    this.handlers = blockWrites({
      files,
      identities: new Identities(files),
      state: state as Parameters<typeof blockWrites>[0]["state"],
      ...(stateDir !== undefined && { stateDir }),
    });
  }

  /** Calls a method, once it is certain that every device which it could reach is the test's; checks the answer's shape. */
  async call<M extends BlockWrite>(ours: readonly LoopDevice[], method: M, params: Params<M>): Promise<Result<M>> {
    for (const device of ours) device.assertOurs();
    const handler = this.handlers[method] as (params: Params<M>, context: unknown) => Promise<Result<M>>;
    const result = await handler(params, callContext());
    expect(validateResult[method](result), JSON.stringify(validateResult[method].errors)).toBe(true);
    return result;
  }

  /** The refusal of a call that must be refused. */
  async refusal<M extends BlockWrite>(ours: readonly LoopDevice[], method: M, params: Params<M>): Promise<RpcError> {
    try {
      const result = await this.call(ours, method, params);
      throw new Error(`${method} was not refused: ${JSON.stringify(result)}`);
    } catch (error) {
      const refusal = error instanceof RpcError ? error : toolError(error);
      if (refusal) return refusal;
      throw error;
    }
  }
}

const CHUNK = 4 << 20;

/** SHA-256 over everything that is on a device. */
export function checksum(path: string): string {
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(CHUNK);
  const fd = openSync(path, "r");
  try {
    for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk)) {
      hash.update(chunk.subarray(0, length));
    }
  } finally {
    closeSync(fd);
  }
  return hash.digest("hex");
}
