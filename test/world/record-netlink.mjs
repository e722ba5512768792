// Prints the rtnetlink messages that this network namespace answers to our dumps, one base64 string a message.
import { addressDump } from "../../dist/src/kernel/netlink/addresses.js";
import { linkDump } from "../../dist/src/kernel/netlink/link-index.js";
import { neighborDump } from "../../dist/src/kernel/netlink/neighbors.js";
import { NetlinkPool } from "../../dist/src/kernel/netlink/pool.js";
import { routeDump } from "../../dist/src/kernel/netlink/routes.js";
import { NetlinkSocket } from "../../dist/src/kernel/netlink/socket.js";

const pool = new NetlinkPool((bufferBytes) => NetlinkSocket.open(0, bufferBytes));
const families = ["inet", "inet6"];
const dump = async (...requests) => {
  const messages = [];
  for (const request of requests) {
    messages.push(
      ...(await pool.dump(request, (type, { bytes }, start, end) => ({
        type,
        payload: bytes.subarray(start, end).toString("base64"),
      }))),
    );
  }
  return messages;
};
const recorded = {
  links: await dump(linkDump(1)),
  addresses: await dump(addressDump()),
  routes: await dump(...families.map((family) => routeDump(family, {}))),
  neighbors: await dump(...families.flatMap((family) => [neighborDump(family, false), neighborDump(family, true)])),
};
process.stdout.write(JSON.stringify(recorded, null, 0));
