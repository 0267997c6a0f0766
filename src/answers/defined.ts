/**
 * What is there of some options, so that an absent one stays absent.
 *
 * @example
 * defined({ threads: 2, kvCache: undefined }); // { threads: 2 }
 */
export function defined<T extends object>(options: { [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
