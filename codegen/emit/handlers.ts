import { docComment } from "../doc-comment.js";
import { handlersType, paramsType, resultType } from "../names.js";
import { BANNER, importTypes, type OutputFile } from "../source.js";
import { type Method, methodsByTag, type Spec } from "../spec.js";
import { listedKinds } from "./methods.js";

function member(method: Method): string {
  const { name, description } = method;
  const kinds = listedKinds(method);
  const comment = docComment(
    [
      description,
      kinds.length > 0
        ? `Errors besides the common ones: ${kinds.map((kind) => `\`${kind}\``).join(", ")}.`
        : undefined,
      method.deprecated ? "@deprecated" : undefined,
    ],
    "  ",
  );
  const result = resultType(name);
  return `${comment}  "${name}"(params: ${paramsType(name)}, context: CallContext): ${result} | Promise<${result}>;\n`;
}

const tagInterface = ([tag, methods]: readonly [string, readonly Method[]]): string =>
  `\n/** The topic \`${tag}\`. */\nexport interface ${handlersType(tag)} {\n${methods.map(member).join("\n")}}\n`;

/** `handlers.gen.ts`: what the handwritten code of each topic must implement. */
export function emitHandlers(spec: Spec): OutputFile {
  const groups = [...methodsByTag(spec)];
  const types = spec.methods.flatMap(({ name }) => [paramsType(name), resultType(name)]);
  const byTag = groups.map(([tag]) => `  "${tag}": ${handlersType(tag)};\n`);
  return {
    path: "handlers.gen.ts",
    text: [
      BANNER,
      importTypes(["CallContext"], "../src/rpc/context.js"),
      importTypes(types, "./types.gen.js"),
      ...groups.map(tagInterface),
      `\n/** The interfaces by topic. */\nexport interface HandlersByTag {\n${byTag.join("")}}\n`,
      "\n/** Every method's handler. */\n",
      `export type Handlers = ${groups.map(([tag]) => `\n  & ${handlersType(tag)}`).join("")};\n`,
    ].join(""),
  };
}
