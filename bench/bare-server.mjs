// The least that can answer: what any Node daemon on a Unix socket costs before it does anything.
import { createServer } from "node:http";

const answer = '{"jsonrpc":"2.0","id":1,"result":{"status":"ok"}}';
createServer((incoming, outgoing) => {
  const chunks = [];
  incoming.on("data", (chunk) => chunks.push(chunk));
  incoming.on("end", () => {
    if (chunks.length > 0) JSON.parse(Buffer.concat(chunks).toString());
    outgoing.writeHead(200, { "content-type": "application/json", "content-length": answer.length }).end(answer);
  });
}).listen(process.argv[2]);
