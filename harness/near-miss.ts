/** The name that was probably meant. */

/** The known name fewest edits away from `name`, if they are two at most, and half of it; case does not count. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const scored = known
    .map((each) => ({ each, edits: editsBetween(name.toLowerCase().slice(0, 64), each.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = scored[0];
  return best !== undefined && best.edits <= Math.min(2, name.length / 2) ? best.each : undefined;
}

/** Levenshtein's distance. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] as number) + 1,
        (next[j - 1] as number) + 1,
        (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] as number;
}
