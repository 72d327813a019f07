// What changes from one text to another, by lines.

export interface DiffLine {
  kind: "same" | "gone" | "new";
  text: string;
}

/** How many lines that stay are shown around those that change. */
const AROUND = 2;

/** The lines that change, with a few around them; `…` stands for those in between. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && old[i] === now[j]) {
      lines.push({ kind: "same", text: old[i]! });
      [i, j] = [i + 1, j + 1];
      continue;
    }
    // The nearest place where both go on with the same line.
    const [gone, added] = nearest(old.slice(i), now.slice(j));
    for (const text of old.slice(i, i + gone)) lines.push({ kind: "gone", text });
    for (const text of now.slice(j, j + added)) lines.push({ kind: "new", text });
    [i, j] = [i + gone, j + added];
  }
  const isNear = (index: number) => lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ kind }) => kind !== "same");
  return lines.flatMap((line, index) => {
    if (isNear(index)) return [line];
    return index > 0 && isNear(index - 1) ? [{ kind: "same", text: "…" }] : [];
  });
}

function nearest(old: string[], now: string[]): [number, number] {
  for (let distance = 1; distance < old.length + now.length; distance += 1) {
    for (let gone = Math.min(distance, old.length); gone >= Math.max(0, distance - now.length); gone -= 1) {
      const added = distance - gone;
      if (gone < old.length && added < now.length && old[gone] === now[added]) return [gone, added];
    }
    if (distance > 200) break;
  }
  return [old.length, now.length];
}
