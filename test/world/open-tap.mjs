// A machine on a tap: opens it by name, then answers ARP and pings for one address, frame by frame.
// Becomes an ordinary user first; the project's own folder need not be open to that one.
// Says `open` on standard output when it has it, or ends with the error's number.
import { open } from "node:fs/promises";
import { libc } from "../../dist/src/kernel/libc.js";

const [name, uid, address = "192.0.2.50"] = process.argv.slice(2);
// Loaded while it can be.
const { ioctl } = libc();
process.setgroups([]);
process.setgid(Number(uid));
process.setuid(Number(uid));
const MAC = Buffer.from("0216eeaa0001", "hex");
const ip = Buffer.from(address.split(".").map(Number));
const request = Buffer.alloc(40);
request.write(name);
request.writeUInt16LE(0x1002, 16);
const device = await open("/dev/net/tun", "r+");
const result = await ioctl(device.fd, 0x400454ca, request);
if (result < 0) {
  process.stdout.write(`errno ${-result}\n`);
  process.exit(1);
}
process.stdout.write("open\n");

const frame = Buffer.alloc(2048);
for (;;) {
  const { bytesRead } = await device.read(frame, 0, frame.length, null);
  const answer = answerTo(frame.subarray(0, bytesRead));
  if (answer) await device.write(answer);
}

function answerTo(asked) {
  const type = asked.readUInt16BE(12);
  if (type === 0x0806 && asked.readUInt16BE(20) === 1 && asked.subarray(38, 42).equals(ip)) return arpReply(asked);
  const isPing = type === 0x0800 && asked[23] === 1 && asked[34] === 8 && asked.subarray(30, 34).equals(ip);
  return isPing ? echoReply(asked) : undefined;
}

function arpReply(asked) {
  const [sender, senderIp] = [asked.subarray(22, 28), asked.subarray(28, 32)];
  return Buffer.concat([sender, MAC, asked.subarray(12, 20), Buffer.from([0, 2]), MAC, ip, sender, senderIp]);
}

function echoReply(asked) {
  const reply = Buffer.from(asked);
  asked.copy(reply, 0, 6, 12);
  MAC.copy(reply, 6);
  asked.copy(reply, 26, 30, 34);
  asked.copy(reply, 30, 26, 30);
  reply[34] = 0;
  const sum = asked.readUInt16BE(36) + 0x0800;
  reply.writeUInt16BE((sum & 0xffff) + (sum >>> 16), 36);
  return reply;
}
