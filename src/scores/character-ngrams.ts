/** Lengths of the n-grams, in characters: from word endings to short words whole. */
const [shortest, longest] = [2, 5];

/**
 * The distinct character n-grams of a text, n = 2 to 5, each within one word with a blank on either side of it.
 *
 * The text is brought to Unicode's composed form (NFC) and lower case; words are what white space separates, with
 * their punctuation. A word of a single character gives its bigrams and itself. As a set, the n-grams neither count
 * repetitions nor see the order of words: a text that repeats itself has those of its words said once. Empty for a
 * text without words. Characters are code points. The set of scikit-learn's `char_wb` analyser with `ngram_range=(2, 5)`.
 *
 * @example
 * characterNgrams('A b'); // Set { ' a', 'a ', ' a ', ' b', 'b ', ' b ' }
 */
export function characterNgrams(text: string): Set<string> {
  const grams = new Set<string>();
  for (const word of new Set(text.normalize('NFC').toLowerCase().split(/\s+/u))) {
    if (word === '') continue;
    const characters = [' ', ...word, ' '];
    for (let length = shortest; length <= Math.min(longest, characters.length); length++) {
      for (let start = 0; start + length <= characters.length; start++) {
        grams.add(characters.slice(start, start + length).join(''));
      }
    }
  }
  return grams;
}
