import { describe, expect, it } from "vitest";
import { chunkOf, NetlinkError, NetlinkTruncated } from "../../../src/kernel/netlink/message.js";
import { type DumpSocket, NetlinkPool } from "../../../src/kernel/netlink/pool.js";

type Script = (attempt: number, bufferBytes: number) => boolean;

/** A pool over sockets that each deliver two messages and then do what the script says for that attempt. */
function poolOf(script: Script) {
  const told = { attempts: 0, opened: [] as number[], closed: 0, atOnce: 0, most: 0 };
  const open = (bufferBytes: number): DumpSocket => {
    told.opened.push(bufferBytes);
    return {
      async dump(_, visit, signal) {
        told.attempts += 1;
        const attempt = told.attempts;
        told.atOnce += 1;
        told.most = Math.max(told.most, told.atOnce);
        for (const type of [1, 2]) {
          await new Promise(setImmediate);
          visit(type, chunkOf(Buffer.alloc(0)), 0, 0);
        }
        told.atOnce -= 1;
        signal?.throwIfAborted();
        return script(attempt, bufferBytes);
      },
      close: () => {
        told.closed += 1;
      },
    };
  };
  const pool = new NetlinkPool(open);
  const dump = (signal?: AbortSignal) => pool.dump(Buffer.alloc(16), (type) => type, signal);
  /** Numbers each message by its try. */
  const dumpWatched = () => {
    const together = (dumps: readonly string[][]) => [...dumps.flat(), "together"];
    return pool.dump(Buffer.alloc(16), (type) => `${told.attempts}:${type}`, undefined, { open, together });
  };
  return { dump, dumpWatched, told };
}

describe("a dump", () => {
  it("is repeated from the start while the kernel's tables change under it", async () => {
    const { dump, told } = poolOf((attempt) => attempt < 4);
    expect(await dump()).toEqual([1, 2]);
    expect(told).toMatchObject({ attempts: 4, opened: [64 * 1024], closed: 0 });
  });

  it("is answered as it is where the tables never stand still", async () => {
    const { dump, told } = poolOf(() => true);
    expect(await dump()).toEqual([1, 2]);
    expect(told.attempts).toBe(10);
  });

  it("is put together from a few tries where it is watched and never left in peace", async () => {
    const calm = poolOf((attempt) => attempt < 2);
    expect(await calm.dumpWatched()).toEqual(["2:1", "2:2"]);
    const never = poolOf(() => true);
    expect(await never.dumpWatched()).toEqual(["1:1", "1:2", "2:1", "2:2", "3:1", "3:2", "4:1", "4:2", "together"]);
    // What was noted for one dump must not be read by another: each try has a socket of its own.
    expect(never.told).toMatchObject({ attempts: 4, opened: { length: 4 }, closed: 4 });
  });

  it("is repeated with a larger buffer where a message did not fit", async () => {
    const { dump, told } = poolOf((_, bufferBytes) => {
      if (bufferBytes < 256 * 1024) throw new NetlinkTruncated();
      return false;
    });
    expect(await dump()).toEqual([1, 2]);
    expect(told).toMatchObject({ opened: [64, 128, 256].map((kib) => kib * 1024), closed: 2 });
  });

  it("fails where no buffer is large enough", async () => {
    const { dump } = poolOf(() => {
      throw new NetlinkTruncated();
    });
    await expect(dump()).rejects.toThrow(NetlinkTruncated);
  });

  it("closes its socket when it fails midway, since the rest may still come", async () => {
    const { dump, told } = poolOf((attempt) => {
      if (attempt === 1) throw new NetlinkError(5, "input/output error");
      return false;
    });
    await expect(dump()).rejects.toThrow("input/output error");
    expect(await dump()).toEqual([1, 2]);
    expect(told).toMatchObject({ opened: [64 * 1024, 64 * 1024], closed: 1 });
  });

  it("is repeated on another socket where the kernel lost a part of it, but not for ever", async () => {
    const lost = () => new NetlinkError(105, "no buffer space");
    const once = poolOf((attempt) => {
      if (attempt === 1) throw lost();
      return false;
    });
    expect(await once.dump()).toEqual([1, 2]);
    expect(once.told).toMatchObject({ attempts: 2, closed: 1 });
    const always = poolOf(() => {
      throw lost();
    });
    await expect(always.dump()).rejects.toThrow("no buffer space");
    expect(always.told).toMatchObject({ attempts: 10, closed: 10 });
  });

  it("ends with the caller's reason", async () => {
    const { dump, told } = poolOf(() => false);
    const gone = new Error("the caller is gone");
    await expect(dump(AbortSignal.abort(gone))).rejects.toBe(gone);
    expect(told.attempts).toBe(0);
  });
});

it("runs two dumps at once and no more, each on a socket of its own", async () => {
  const { dump, told } = poolOf(() => false);
  const answers = await Promise.all(Array.from({ length: 20 }, () => dump()));
  expect(answers).toEqual(Array.from({ length: 20 }, () => [1, 2]));
  expect(told).toMatchObject({ most: 2, attempts: 20 });
  expect(told.opened).toHaveLength(2);
});
