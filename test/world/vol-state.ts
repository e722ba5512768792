import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Files } from "../../src/kernel/files.js";
import { Identities } from "../../src/kernel/identities.js";
import { SpaceReader } from "../../src/kernel/statfs.js";
import { NativeState } from "../../src/native/state.js";
import { type Mounts, mounts } from "../../src/native/vol/mounts.js";
import { callContext } from "./call-context.js";

/** The mounts topic on a machine, with a state folder that is gone after the test. */
export async function mountsOn(root = "/", space = new SpaceReader()): Promise<Mounts> {
  const stateDir = mkdtempSync(join(tmpdir(), "mos-t-"));
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }));
  const [files, { log }] = [new Files(root), callContext()];
  const state = await NativeState.open({ folder: stateDir, files, log });
  return mounts({ files, identities: new Identities(files), space, state, stateDir, log });
}
