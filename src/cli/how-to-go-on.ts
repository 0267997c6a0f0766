/** What Ctrl-C says: how to go on. Under `npm start` the words after `steerbench` are npm's affair. */
export function howToGoOn(words: string[]): string {
  const kept = 'stopped; what is finished is kept, and the same command again goes on with it';
  if (process.env['npm_lifecycle_event'] !== undefined) return kept;
  return `${kept}:\n  steerbench ${words.map(quoted).join(' ')}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
