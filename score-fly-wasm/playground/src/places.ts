// Where a place in YAML is: the keys that lead to it, going by the indentation. Unlike a parser's, the answer is
// there while a line is being written.

/** Stands for any item of a list. */
export const ITEM = "-";

const LINE = /^(\s*)((?:- +)*)(?:"([^"]*)"|'([^']*)'|([^\s#"'{[][^#]*?))\s*:(?:\s|$)/;

/** The keys above a line of which what is written begins `indent` deep; `lines` are those before it. */
export function keysAbove(lines: string[], indent: number): string[] {
  const path: string[] = [];
  for (let index = lines.length - 1; index >= 0 && indent > 0; index -= 1) {
    const line = lines[index]!;
    if (/^\s*(#|$)/.test(line)) continue;
    const found = LINE.exec(line);
    const spaces = found?.[1]!.length ?? line.search(/\S/);
    const dashes = found?.[2] ?? "";
    const key = found?.slice(3).find((text) => text !== undefined);
    // A key behind a dash may be the neighbour of what is looked for: then only the dash leads to it.
    if (dashes && spaces < indent && spaces + dashes.length >= indent) {
      path.unshift(ITEM);
      indent = spaces + 1;
      continue;
    }
    if (key === undefined || spaces + dashes.length >= indent) continue;
    path.unshift(key);
    if (dashes) path.unshift(ITEM);
    // A list may stand as deep as its key.
    indent = dashes ? spaces + 1 : spaces;
  }
  return path;
}
