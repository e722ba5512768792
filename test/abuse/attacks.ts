import { call, head, request, type Transport } from "./wires.js";

const smuggled = request("smuggled");
const outer = call("outer");
const length = `Content-Length: ${outer.length}`;
const chunked = "Transfer-Encoding: chunked";
const chunk = `${outer.length.toString(16)}\r\n${outer}\r\n`;
const inChunks = (...headers: readonly string[]) => head([chunked, ...headers]);
const withLength = (value: string) => head([`Content-Length: ${value}`]) + outer;

/** What comes back: the statuses, and the ids of the calls that were answered well. */
export interface Seen {
  readonly statuses: readonly number[];
  readonly ids: readonly string[];
}

const refused = (status: number): Seen => ({ statuses: [status], ids: [] });
const answers: Seen = { statuses: [200], ids: ["outer"] };
const misdirected = { unix: answers, tls: refused(421) };

/** Requests that two servers could read differently: a name, the bytes, and what they get; 400 where nothing is said. */
export const attacks: readonly (readonly [name: string, bytes: string, gets?: Seen | Record<Transport, Seen>])[] = [
  ["a length and chunks", `${head([length, chunked])}0\r\n\r\n${smuggled}`],
  ["chunks and a length", `${head([chunked, "Content-Length: 4"])}5c\r\n${smuggled}\r\n0\r\n\r\n`],
  ["two lengths", `${head([length, "Content-Length: 0"])}${outer}${smuggled}`],
  ["two equal lengths", `${head([length, length])}${outer}${smuggled}`],
  ["a list of lengths", withLength(`${outer.length}, ${outer.length}`)],
  ["a length with a sign", withLength(`+${outer.length}`)],
  ["a negative length", withLength("-1")],
  ["a length in hexadecimal", withLength("0x2b")],
  ["a length with a space in it", withLength("4 3")],
  ["a length of words", withLength("all")],
  ["an empty length", withLength("")],
  ["a length beyond all numbers", withLength("99999999999999999999")],
  ["a length in another field's name", `${head(["Content_Length: 0", length])}${outer}`, answers],
  ["a space before the colon of the length", `${head(["Content-Length : 0", chunked])}0\r\n\r\n`],
  ["a space before the colon of the coding", `${head(["Transfer-Encoding : chunked", length])}${outer}`],
  ["chunks by a name with a tab", `${head(["Transfer-Encoding\t: chunked", length])}${outer}`],
  ["chunks that are not the last coding", `${head(["Transfer-Encoding: chunked, identity"])}${chunk}0\r\n\r\n`],
  ["chunks twice", `${head([chunked, chunked])}${chunk}0\r\n\r\n${smuggled}`],
  ["chunks of chunks", `${head(["Transfer-Encoding: chunked, chunked"])}${chunk}0\r\n\r\n${smuggled}`],
  ["no coding, and a length", `${head(["Transfer-Encoding: identity", length])}${outer}${smuggled}`],
  ["an unknown coding, and a length", `${head(["Transfer-Encoding: xchunked", length])}${outer}${smuggled}`],
  ["a coding in quotes", `${head(['Transfer-Encoding: "chunked"'])}${chunk}0\r\n\r\n${smuggled}`, refused(501)],
  ["a coding behind a vertical tab", `${head(["Transfer-Encoding: \x0bchunked", length])}${outer}${smuggled}`],
  ["a coding that is folded", `${head(["Transfer-Encoding:\r\n chunked"])}${chunk}0\r\n\r\n${smuggled}`],
  ["chunks in HTTP/1.0", `${head([chunked], "POST /rpc HTTP/1.0")}${chunk}0\r\n\r\n${smuggled}`, answers],
  ["a chunk's size with a sign", `${inChunks()}+${chunk}0\r\n\r\n`],
  ["a chunk's size as 0x", `${inChunks()}0x${chunk}0\r\n\r\n`],
  ["a chunk's size beyond all numbers", `${inChunks()}fffffffffffffffff1\r\n${outer}\r\n0\r\n\r\n`],
  ["a chunk's size that is negative", `${inChunks()}-1\r\n${outer}\r\n0\r\n\r\n`],
  ["a chunk without size", `${inChunks()}\r\n${outer}\r\n0\r\n\r\n`],
  ["a chunk longer than its size", `${inChunks()}5\r\n${outer}\r\n0\r\n\r\n`],
  ["a chunk that ends with a bare line feed", `${inChunks()}${chunk.replace(/\r\n$/, "\n")}0\r\n\r\n`],
  ["a chunk's size that ends with a bare line feed", `${inChunks()}${chunk.replace("\r\n", "\n")}0\r\n\r\n`],
  ["a chunk's extension with a bare line feed", `${inChunks()}${chunk.replace("\r\n", ";a\nb\r\n")}0\r\n\r\n`],
  ["a chunk's extension with a bare carriage return", `${inChunks()}${chunk.replace("\r\n", ";a\rb\r\n")}0\r\n\r\n`],
  ["a space behind a chunk's size", `${inChunks()}${chunk.replace("\r\n", " \r\n")}0\r\n\r\n`],
  [
    "a trailer that would be a header",
    `${inChunks()}${chunk}0\r\nContent-Length: 999\r\nHost: other\r\n\r\n${request("next")}`,
  ],
  ["a trailer that would be a name", `${inChunks()}${chunk}0\r\nX-Public-Key: 00\r\n\r\n`, answers],
  ["a folded header", `${head(["X-A: 1\r\n 2", length])}${outer}`],
  ["a header folded by a tab", `${head(["X-A: 1\r\n\t2", length])}${outer}`],
  ["a folded first header", request("outer").replace("\r\nHost", "\r\n Host")],
  ["a head of bare line feeds", request("outer").replaceAll("\r\n", "\n")],
  ["one bare line feed", `${head(["X-A: 1\nX-B: 2", length])}${outer}`],
  ["a bare line feed before a length", `${head([`X-A: 1\nContent-Length: 0`, length])}${outer}${smuggled}`],
  ["a bare carriage return", `${head(["X-A: 1\rX-B: 2", length])}${outer}`],
  ["a head that ends with bare line feeds", `${head([length]).replace(/\r\n\r\n$/, "\n\n")}${outer}`],
  ["a head that ends with CR CR LF", `${head([length]).replace(/\r\n\r\n$/, "\r\r\n\r\n")}${outer}`],
  ["a NUL in a value", `${head(["X-A: a\0b", length])}${outer}`],
  ["a NUL in a name", `${head(["X\0A: b", length])}${outer}`],
  ["a header without a colon", `${head(["X-A", length])}${outer}`],
  ["a header without a name", `${head([": x", length])}${outer}`],
  ["a name with a space", `${head(["X A: b", length])}${outer}`],
  ["two hosts", `${head(["Host: other", length])}${outer}`],
  ["two equal hosts", `${head(["Host: node", length])}${outer}`],
  ["a host in capitals and another", `${head(["HOST: other", length])}${outer}`],
  ["no host", request("outer").replace("Host: node\r\n", "")],
  ["two spaces in the first line", request("outer").replace("POST /", "POST  /"), answers],
  ["a tab in the first line", request("outer").replace("POST /", "POST\t/")],
  ["a path with a space", request("outer").replace("/rpc", "/rpc x")],
  ["a method in small letters", request("outer").replace("POST", "post")],
  ["a method of nobody", request("outer").replace("POST", "SMUGGLE")],
  ["no version", request("outer").replace(" HTTP/1.1", ""), refused(505)],
  ["a version of nobody", request("outer").replace("HTTP/1.1", "HTTP/9.9")],
  ["a version with more behind it", request("outer").replace("HTTP/1.1", "HTTP/1.1x")],
  ["an address with a user", request("outer").replace("/rpc", "http://node@other/rpc"), misdirected],
  ["an address of another host", request("outer").replace("/rpc", "https://other/rpc"), misdirected],
  ["a line feed in the path", request("outer").replace("/rpc", "/rpc\nHost: x"), refused(505)],
  ["an upgrade", `${head(["Connection: Upgrade", "Upgrade: h2c", length])}${outer}${smuggled}`, answers],
  ["a CONNECT", `CONNECT node:443 HTTP/1.1\r\nHost: node\r\n\r\n${smuggled}`, refused(405)],
  ["a length that connection names", `${head(["Connection: content-length", length])}${outer}`, answers],
  [
    "a GET with a body",
    `${head([`Content-Length: ${smuggled.length}`], "GET /health HTTP/1.1")}${smuggled}`,
    refused(200),
  ],
  ["a body longer than its length", `${head([length])}${outer}garbage`, { statuses: [200, 400], ids: ["outer"] }],
  ["a body shorter than its length", `${head([`Content-Length: ${outer.length + 1}`])}${outer}`, refused(408)],
  ["an empty line before the request", `\r\n\r\n${request("outer")}`, answers],
  ["a request behind garbage", `garbage\r\n\r\n${smuggled}`],
  [
    "three requests at once",
    request("one") + request("two") + request("three"),
    { statuses: [200, 200, 200], ids: ["one", "two", "three"] },
  ],
  [
    "a broken one between two",
    request("one") + request("two").replace("Host: node", "Host node") + request("three"),
    { statuses: [200, 400], ids: ["one"] },
  ],
  ["a head that is too long", request("outer", `X-A: ${"a".repeat(20_000)}`), refused(431)],
  ["too many headers", request("outer", ...Array.from({ length: 3000 }, (_, index) => `X-${index}: a`)), refused(431)],
];
