/** Told after each step of a write; tests inject one that ends the process or fails there. */
export type StepHook = (step: string) => void | Promise<void>;

/** An undo that failed itself: what it should have taken back may still be there. */
export interface UndoFailure {
  readonly step: string;
  readonly error: unknown;
}

export interface StepsOptions {
  readonly hook?: StepHook | undefined;
  /** Told of undos that failed; the error that caused the undoing is thrown all the same. */
  readonly onUndoFailure: (failure: UndoFailure) => void;
}

/** The steps of one write; what was done is undone, latest first, when a later step fails. */
export class Steps {
  private readonly undos: { step: string; undo: () => unknown }[] = [];

  constructor(private readonly hook?: StepHook) {}

  /**
   * Runs one step, all or nothing by itself, and remembers how to undo it.
   * `undo` gets the step's value and runs only when this step is done and a later one (or the hook) fails.
   */
  async do<T>(step: string, act: () => T | Promise<T>, undo?: (value: T) => unknown): Promise<T> {
    const value = await act();
    if (undo) this.undos.push({ step, undo: () => undo(value) });
    await this.hook?.(step);
    return value;
  }

  /** Undoes what was done, latest first, past undos that fail; answers those. */
  async undo(): Promise<readonly UndoFailure[]> {
    const failures: UndoFailure[] = [];
    for (const { step, undo } of this.undos.splice(0).reverse()) {
      try {
        await undo();
      } catch (error) {
        failures.push({ step, error });
      }
    }
    return failures;
  }
}

/** Runs a write as steps; when it throws, everything done so far is undone and the error goes on. */
export async function inSteps<T>(
  { hook, onUndoFailure }: StepsOptions,
  work: (steps: Steps) => Promise<T>,
): Promise<T> {
  const steps = new Steps(hook);
  try {
    return await work(steps);
  } catch (error) {
    for (const failure of await steps.undo()) onUndoFailure(failure);
    throw error;
  }
}
