import { bootIdentity } from "../kernel/boot.js";
import type { Files } from "../kernel/files.js";
import type { CallContext } from "../rpc/context.js";
import { RpcError, rpcError } from "../rpc/errors.js";
import type { BootIdentity } from "../state/boot.js";
import { WriteQueue } from "../state/queue.js";
import { Registry, type RegistryName, type RegistryTrouble } from "../state/registry.js";
import { inSteps, type StepHook, type Steps, type UndoFailure } from "../state/steps.js";
import { toolError } from "./tool-errors.js";

export interface StateOptions {
  /** The state folder. */
  readonly folder: string;
  readonly files: Files;
  readonly log: CallContext["log"];
  /** Told after each step of every write; tests alone give one. */
  readonly hook?: StepHook;
}

function notUndone(error: unknown, left: readonly string[]): RpcError {
  const told = error instanceof RpcError ? error : toolError(error);
  const steps = left.map((step) => JSON.stringify(step)).join(", ");
  const message = `${told?.message ?? "the call failed"}; and it could not be undone, what these steps did is still there: ${steps}`;
  return rpcError("internal_error", {}, `${message.slice(0, 1900)}; net.verify tells what is there now`);
}

/** What every native write uses: the queues, the registries, and steps that are undone together. */
export class NativeState {
  readonly queue = new WriteQueue();
  private readonly registries = new Map<RegistryName, Registry<unknown>>();

  private constructor(
    private readonly options: StateOptions,
    readonly boot: BootIdentity,
  ) {}

  static async open(options: StateOptions): Promise<NativeState> {
    return new NativeState(options, await bootIdentity(options.files));
  }

  /** Opens a registry; each name once, by the topic that owns its entries. */
  registry<E>(name: RegistryName, isEntry: (value: unknown) => value is E): Registry<E> {
    if (this.registries.has(name)) throw new Error(`registry ${name} is opened twice`);
    const registry = new Registry({ folder: this.options.folder, name, boot: this.boot, isEntry });
    this.registries.set(name, registry);
    const { trouble } = registry;
    if (trouble) this.options.log.error("a state file cannot be used", { file: trouble.file, reason: trouble.reason });
    return registry;
  }

  /**
   * Runs a write as steps: when one fails, those before it are undone, latest first, and the error goes on. Where that
   * cannot be done either the caller is told, whatever failed first: other errors say that nothing was done.
   */
  async steps<T>(work: (steps: Steps) => Promise<T>): Promise<T> {
    const { hook, log } = this.options;
    const left: string[] = [];
    const onUndoFailure = ({ step, error }: UndoFailure): void => {
      left.push(step);
      log.error("a step could not be undone", { step, reason: String(error) });
    };
    try {
      return await inSteps({ hook, onUndoFailure }, work);
    } catch (error) {
      if (left.length === 0) throw error;
      log.error("a write failed and is not undone", { reason: String(error) });
      throw notUndone(error, left);
    }
  }

  /** The paths of all state files that are in use. */
  registryFiles(): string[] {
    return [...this.registries.values()].map(({ file }) => file);
  }

  /** What is wrong with the state files. */
  troubles(): RegistryTrouble[] {
    return [...this.registries.values()].flatMap(({ trouble }) => trouble ?? []);
  }
}
