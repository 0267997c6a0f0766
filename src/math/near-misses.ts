/**
 * The names most like a mistyped one: those that contain it, or differ from it (or begin differently from it) by edits
 * of at most a third of its length; a name much less like it than the best is left out.
 *
 * @returns At most three, the most like first.
 * @example
 * nearMisses('gema-2-2b', ['gemma-2-2b-it', 'llama-2-7b-chat']); // ['gemma-2-2b-it']
 */
export function nearMisses(name: string, names: readonly string[]): string[] {
  const wanted = name.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const near = names
    .map((each) => {
      const other = each.toLowerCase();
      const contained = wanted.length >= 3 && other.includes(wanted);
      return { each, distance: contained ? 0 : editDistance(wanted, other) };
    })
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  const best = near[0]?.distance ?? 0;
  return near
    .filter(({ distance }) => distance <= best + 1)
    .slice(0, 3)
    .map(({ each }) => each);
}

/**
 * Levenshtein distance (insertions, deletions and replacements, row by row) from a to b, or one more than that to the
 * beginning of b, whichever is less: people leave endings out.
 */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, replaced));
    }
    previous = row;
  }
  return Math.min(previous[b.length]!, Math.min(...previous) + 1);
}
