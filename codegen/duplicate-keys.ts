/**
 * Keys that stand twice in one object of a JSON text, as dotted paths. `JSON.parse` keeps the last one silently,
 * so a second definition of a component would win unseen.
 * @param text valid JSON
 */
export function duplicateKeys(text: string): string[] {
  const duplicates: string[] = [];
  const open: { keys: Set<string> | undefined; key: string }[] = [];
  // A string with the colon after it is a key; the other tokens only matter for what opens and closes.
  for (const [token, key] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    const top = open.at(-1);
    if (key !== undefined && top?.keys) {
      top.key = JSON.parse(key) as string; // a JSON string literal parses to a string
      if (top.keys.has(top.key))
        duplicates.push(
          open
            .map((level) => level.key)
            .filter(Boolean)
            .join("."),
        );
      top.keys.add(top.key);
    } else if (token === "{" || token === "[") {
      open.push({ keys: token === "{" ? new Set() : undefined, key: "" });
    } else if (token === "}" || token === "]") {
      open.pop();
    }
  }
  return duplicates;
}
