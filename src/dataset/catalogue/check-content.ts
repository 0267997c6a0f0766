import { SteerbenchError } from '../../errors.ts';
import { describeFault } from '../fault.ts';
import { parseBehaviour } from '../parse.ts';
import { splitRecords } from '../records.ts';
import type { PublicFile } from './catalogue.ts';

/**
 * Refuses bytes that cannot be a public dataset whose hash is not known, such as a sign-in page.
 *
 * @param bytes What was fetched.
 * @throws SteerbenchError `data-malformed`.
 */
export function checkContent(file: PublicFile, bytes: Uint8Array): void {
  const { behaviour, faults } = parseBehaviour(bytes, { name: file.label, source: file.name });
  const [fault] = faults;
  if (behaviour === null || fault !== undefined) {
    throw notTheDataset(file, fault === undefined ? 'no items' : describeFault(file.path, fault));
  }
  const { length } = splitRecords(bytes).records;
  if (file.items !== null && length !== file.items) {
    throw notTheDataset(file, `${length} items instead of ${file.items}`);
  }
}

function notTheDataset({ name }: PublicFile, found: string): SteerbenchError {
  return new SteerbenchError('data-malformed', `what was given for "${name}" is not that dataset: ${found}`, {
    remedy: 'fetch it again, or get the file from another place and give its folder with --from',
  });
}
