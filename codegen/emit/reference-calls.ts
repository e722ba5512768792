import { cliFlag, cliPath, sdkPath } from "../names.js";
import { literal } from "../source.js";
import type { Example, Json, Method } from "../spec.js";

/** One way to make a call, as a snippet. */
export interface Snippet {
  readonly title: string;
  readonly language: string;
  readonly text: string;
}

const quote = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const paramsOf = ({ params }: Example): Record<string, Json> =>
  Object.fromEntries(params.map(({ name, value }) => [name, value]));

/** The request as it goes over the wire; parameters are left out where there are none. */
export const request = ({ name }: Method, example: Example) => ({
  jsonrpc: "2.0",
  id: 1,
  method: name,
  ...(example.params.length > 0 && { params: paramsOf(example) }),
});

function flagText(name: string, value: Json): string {
  if (value === true) return cliFlag(name);
  if (value === false) return `--no-${cliFlag(name).slice(2)}`;
  if (Array.isArray(value) && value.every((entry) => typeof entry !== "object")) {
    return value.map((entry) => `${cliFlag(name)} ${quote(String(entry))}`).join(" ");
  }
  return `${cliFlag(name)} ${quote(typeof value === "object" ? JSON.stringify(value) : String(value))}`;
}

/** The same call with curl, the SDK and the command line. */
export function snippets(method: Method, example: Example): Snippet[] {
  const body = quote(JSON.stringify(request(method, example)));
  const args = example.params.length > 0 ? literal(paramsOf(example)) : "";
  const words = [
    "my-os-ctl",
    ...cliPath(method.name),
    ...example.params.map(({ name, value }) => flagText(name, value)),
  ];
  return [
    {
      title: "curl",
      language: "sh",
      text: `curl --unix-socket "$MY_OS_SOCKET" -H 'Content-Type: application/json' \\\n  --data ${body} http://localhost/rpc`,
    },
    { title: "SDK", language: "ts", text: `await os.${sdkPath(method.name).join(".")}(${args});` },
    { title: "Command line", language: "sh", text: words.join(" ") },
  ];
}
