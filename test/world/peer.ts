import { spawn } from "node:child_process";
import { request } from "node:http";
import { text as textOf } from "node:stream/consumers";

/** An HTTP request on a Unix socket; a header with several values comes several times. */
export interface Sent {
  readonly socket: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
}

export interface Received {
  readonly status: number;
  readonly text: string;
}

/** Sends a request from this very process. */
export function send({ socket, method, path, headers, body }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { socketPath: socket, method, path, headers: { ...headers }, agent: false },
      async (response) => {
        let text = "";
        for await (const chunk of response.setEncoding("utf8")) text += chunk;
        resolve({ status: response.statusCode ?? 0, text });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

const client = `
import { request } from "node:http";
import { text } from "node:stream/consumers";
const { socket, method, path, headers, body } = JSON.parse(await text(process.stdin));
request({ socketPath: socket, method, path, headers }, async (response) =>
  console.log(JSON.stringify({ status: response.statusCode, text: await text(response) }))).end(body);
`;

/** Sends a request from a process of another user; only root can. */
export async function sendAs(uid: number, sent: Sent): Promise<Received> {
  const become = ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
  const [command = "", ...args] = [...become, process.execPath, "--input-type=module", "-e", client];
  // This process goes on meanwhile: what the request is for may live in it.
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], cwd: "/" });
  child.stdin.end(JSON.stringify(sent));
  return JSON.parse(await textOf(child.stdout));
}
