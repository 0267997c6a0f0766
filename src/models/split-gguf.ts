/**
 * Names of all parts of a split GGUF, given the name of any of them; a file that is no part stands for itself.
 *
 * llama.cpp opens the first part and finds the others beside it by their names.
 *
 * @example
 * splitParts('big-00002-of-00002.gguf'); // ['big-00001-of-00002.gguf', 'big-00002-of-00002.gguf']
 */
export function splitParts(file: string): string[] {
  const match = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/s.exec(file);
  const count = Number(match?.[3] ?? 0);
  if (match === null || count === 0) return [file];
  return Array.from(
    { length: count },
    (_, i) => `${match[1]}-${String(i + 1).padStart(5, '0')}-of-${match[3]}.gguf`,
  );
}
