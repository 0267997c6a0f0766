import { dataSources } from './sources.ts';

/** What can be pulled in one go: a source, `paper` for the paper's 40 datasets and their prompts, or `all`. */
export const pullTargets: readonly string[] = [...dataSources.map(({ name }) => name), 'paper', 'all'];
