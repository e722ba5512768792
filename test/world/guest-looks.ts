import { join } from "node:path";
import type { Guest } from "./guest.js";
import { byIp, CALLS, type Compared, compared } from "./looks.js";

const MARK = "\x1e";
const READERS = ["netlink", "ip"] as const;
const CALL_NET = join(import.meta.dirname, "call-net.mjs");

/** What `compareWithIp` does with both readers, for a network namespace of a guest, in one command a round. */
export async function compareInGuest(guest: Guest, namespace: string): Promise<Compared[]> {
  const looks = looksWanted().map((words) => `ip -n ${namespace} -j ${words}; printf '\\036'\n`);
  const ask = `ip netns exec ${namespace} ${process.execPath} ${CALL_NET}`;
  const asks = READERS.map((reader) => `${ask} ${reader} '${JSON.stringify(CALLS)}'; printf '\\036'\n`);
  for (let tries = 1; ; tries++) {
    const output = (await guest.script([...looks, ...asks, ...looks].join(""), { timeoutSeconds: 400 })).split(MARK);
    const [before, after] = [lookedAt(output), lookedAt(output.slice(looks.length + asks.length))];
    const results = READERS.map((reader, index) => {
      const { answers } = JSON.parse(output[looks.length + index] ?? "");
      return compared(before, answers, after)?.map((one) => ({ ...one, label: `${one.label}, read by ${reader}` }));
    });
    if (results.every((result) => result !== undefined)) return results.flat();
    if (tries === 10) throw new Error("the guest's namespace does not come to rest");
  }
}

/** The words that `byIp` gives `ip`, in its order. */
function looksWanted(): string[] {
  const wanted: string[] = [];
  byIp({
    run: (_command, _json, ...words) => {
      wanted.push(words.join(" "));
      return Buffer.from("[]");
    },
  });
  return wanted;
}

/** `byIp` over recorded answers, in the same order. */
function lookedAt(outputs: readonly string[]) {
  let next = 0;
  return byIp({ run: () => Buffer.from(outputs[next++] ?? "") });
}
