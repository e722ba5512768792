const LONGEST = 48;

/** A text from the file in quotes, cut, with everything escaped that a terminal might act on or hide. */
export function shown(text: string): string {
  const quoted = JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  return quoted.replace(/[^\x20-\x7e…]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
