/**
 * The name that was most likely meant: fewest edits, at most a third of its length; null where none is near.
 *
 * @example
 * closestName('sentimnt', ['sentiment', 'french']); // 'sentiment'
 */
export function closestName(wanted: string, names: readonly string[]): string | null {
  let best: string | null = null;
  let fewest = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const distance = edits(wanted.toLowerCase(), name.toLowerCase());
    if (distance < fewest && distance <= Math.max(1, Math.floor(name.length / 3))) {
      best = name;
      fewest = distance;
    }
  }
  return best;
}

/** Levenshtein distance: insertions, deletions and substitutions. */
function edits(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitution = above[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, above[j]! + 1, row[j - 1]! + 1));
    }
    above = row;
  }
  return above[to.length]!;
}
