import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (why: Error) => void;
}

/** The line between host and agent: each request is a word, and its answer is the same word. */
export class Channel {
  /** What the agent said unasked. */
  readonly remarks: string[] = [];
  private readonly waiting = new Map<string, Waiting>();
  private line: Socket | undefined;
  private closed: string | undefined;

  /** `explain` adds to an error what is known of the guest. */
  constructor(private readonly explain: (how: string) => Error) {}

  open(line: Socket): void {
    this.line = line;
    // Its end is noticed by the machine's exit.
    line.on("error", () => {});
    createInterface({ input: line }).on("line", (line) => this.hear(line.trim()));
  }

  request(word: string, seconds: number): Promise<void> {
    const answer = this.answer(word, seconds);
    this.line?.write(`${word}\n`);
    return answer;
  }

  answer(word: string, seconds: number): Promise<void> {
    if (this.closed !== undefined) return Promise.reject(this.explain(this.closed));
    return new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(this.explain(`did not answer within ${seconds} s`)), seconds * 1000);
      const settled = () => {
        clearTimeout(late);
        this.waiting.delete(word);
      };
      this.waiting.set(word, {
        resolve: () => {
          settled();
          resolve();
        },
        reject: (why) => {
          settled();
          reject(why);
        },
      });
    });
  }

  close(how: string): void {
    this.closed = how;
    for (const { reject } of [...this.waiting.values()]) reject(this.explain(how));
  }

  private hear(line: string): void {
    const asked = this.waiting.get(line);
    if (asked) asked.resolve();
    else if (line !== "") this.remarks.push(line);
  }
}

/** Listens where the guest's machine will connect its channel. */
export async function awaitConnection(path: string): Promise<{ readonly connection: Promise<Socket> }> {
  const server = createServer();
  const connection = new Promise<Socket>((resolve) => {
    server.once("connection", (socket) => {
      server.close();
      resolve(socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  server.unref();
  return { connection };
}
