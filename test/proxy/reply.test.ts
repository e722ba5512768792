import { describe, expect, it } from "vitest";
import { readReply } from "../../src/proxy/reply.js";
import { Random } from "../world/random.js";

const reply = (text: string, id = 7) => readReply(Buffer.from(text), id);
const resultOf = (text: string) => {
  const read = reply(text);
  return "result" in read ? Buffer.from(read.result).toString() : read;
};

describe("the result of an upstream's answer", () => {
  it.each([
    ["integers beyond 2^53", '{"bytes":18446744073709551615,"x":-9223372036854775808}'],
    ["the order of keys", '{"b":1,"a":2,"1":3,"0":4}'],
    ["escapes", '"\\u0041\\n\\"\\\\\\ud83d\\ude00 \\u0000"'],
    ["blanks within", '{ "a" : [ 1 ,\n\t2 ] }'],
    ["numbers as they were written", "[1.0,1e3,-0,0.10]"],
    ["brackets and quotes in strings", '["}{][\\"","\\\\"]'],
    ["a key that is there twice", '{"a":1,"a":2}'],
    ["a bare number", "12"],
    ["null", "null"],
    ["the empty string", '""'],
  ])("keeps %s byte for byte", (_, result) => {
    expect(resultOf(`{"jsonrpc":"2.0","id":7,"result":${result}}`)).toBe(result);
    expect(resultOf(`\n{ "result" : ${result} , "id" : 7 ,\r\n"jsonrpc" : "2.0" } `)).toBe(result);
  });

  it("is found in any JSON", () => {
    const random = new Random(11);
    for (let round = 0; round < 500; round += 1) {
      const value = anyJson(random, 4);
      const text = JSON.stringify(value, null, random.pick(["", " ", "\t"]));
      expect(resultOf(`{"x\\"result":[],"result":${text},"id":7,"jsonrpc":"2.0","zz":{"result":1}}`)).toBe(text);
    }
  });
});

function anyJson(random: Random, depth: number): unknown {
  const kind = random.between(0, depth > 0 ? 5 : 3);
  if (kind === 0) return random.pick([0, -1.5, 1e21, true, false, null]);
  if (kind <= 3)
    return random
      .pick(["", "a", '"', "\\", "}", "]", ",", "\u2028", "é😀", "\\u0022", "\n"])
      .repeat(random.between(0, 3));
  const items = Array.from({ length: random.between(0, 4) }, () => anyJson(random, depth - 1));
  return kind === 4
    ? items
    : Object.fromEntries(items.map((item, index) => [`${random.pick(["k", '"', "{", "\\"])}${index}`, item]));
}

describe("the error of an upstream's answer", () => {
  it("is kept byte for byte, and its words are known", () => {
    const error = '{"code":1004,"message":"no \\u0062ridge","data":{"kind":"not_found","n":12345678901234567890}}';
    const read = reply(`{"jsonrpc":"2.0","error":${error},"id":7}`);
    expect(read).toEqual({ error: Buffer.from(error), message: "no bridge", kind: "not_found" });
  });

  it("may come for a request whose id the upstream could not tell", () => {
    expect(reply('{"jsonrpc":"2.0","error":{"code":-32700,"message":"x"},"id":null}')).toMatchObject({ message: "x" });
  });
});

describe("what is no answer", () => {
  it.each([
    ["HTML", "<html><body>502 Bad Gateway</body></html>", /no JSON/],
    ["nothing", "", /no JSON/],
    ["half an answer", '{"jsonrpc":"2.0","id":7,"result":{', /no JSON/],
    ["two answers", '{"jsonrpc":"2.0","id":7,"result":1}{"jsonrpc":"2.0","id":7,"result":2}', /no JSON/],
    ["a byte order mark", '\ufeff{"jsonrpc":"2.0","id":7,"result":1}', /no JSON/],
    ["a list", '[{"jsonrpc":"2.0","id":7,"result":1}]', /no response object/],
    ["another protocol", '{"id":7,"result":1}', /no JSON-RPC 2.0/],
    ["another call's", '{"jsonrpc":"2.0","id":8,"result":1}', /another request's id/],
    ["one with the id as text", '{"jsonrpc":"2.0","id":"7","result":1}', /another request's id/],
    ["a result with the id null", '{"jsonrpc":"2.0","id":null,"result":1}', /another request's id/],
    ["neither result nor error", '{"jsonrpc":"2.0","id":7}', /not exactly one/],
    ["both", '{"jsonrpc":"2.0","id":7,"result":1,"error":{"code":1,"message":"x"}}', /not exactly one/],
    ["an error in words", '{"jsonrpc":"2.0","id":7,"error":"broken"}', /no error object/],
    ["an error with a code in words", '{"jsonrpc":"2.0","id":7,"error":{"code":"1","message":"x"}}', /no error object/],
  ])("%s is told apart", (_, text, reason) => {
    expect(reply(text)).toMatchObject({ malformed: expect.stringMatching(reason) });
  });

  it("ill-formed UTF-8 is told apart", () => {
    const text = Buffer.concat([
      Buffer.from('{"jsonrpc":"2.0","id":7,"result":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    expect(readReply(text, 7)).toMatchObject({ malformed: expect.stringMatching(/no JSON/) });
  });
});
