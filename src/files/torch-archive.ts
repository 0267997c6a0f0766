import { crc32 } from './crc32.ts';
import type { PositionedReader } from './positioned-reader.ts';
import { MalformedFile, RefusedFile, readFully } from './read-fully.ts';
import { locateZipEntry, readZipDirectory, type ZipEntry } from './zip-directory.ts';

/** A zip that torch.save wrote: a pickle, and storages of numbers by key. */
export interface TorchArchive {
  /** Name the file was written under, without its ending: the folder in the zip. */
  writtenAs: string;
  /** The pickle, at most so many bytes. */
  readPickle(mostBytes: number): Promise<Uint8Array>;
  /** A storage, which must have exactly so many bytes. */
  readStorage(key: string, bytes: number): Promise<Uint8Array>;
}

/** A vector file has one storage a layer and some ten entries more. */
const maxEntries = 4096;

/**
 * Opens a zip of torch. Its entries must be stored as they are, as torch writes them, so that nothing can grow while it
 * is read; they must not overlap; the checksum of what is read must hold.
 *
 * @throws MalformedFile; RefusedFile for compressed or overlapping entries, too many of them, or big-endian numbers
 */
export async function openTorchArchive(file: PositionedReader, fileBytes: number): Promise<TorchArchive> {
  const entries = await readZipDirectory(file, fileBytes);
  if (entries.length > maxEntries)
    throw new RefusedFile(`it has ${entries.length} entries; at most ${maxEntries} are read`);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  if (byName.size !== entries.length) throw new MalformedFile('two of its entries have the same name');
  const places = await locateApart(file, fileBytes, entries);
  const pickles = entries.filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) throw new MalformedFile(`it holds ${pickles.length} entries "<name>/data.pkl"`);
  const writtenAs = pickles[0]!.name.slice(0, -'/data.pkl'.length);

  const find = (name: string): ZipEntry => {
    const entry = byName.get(`${writtenAs}/${name}`);
    if (entry === undefined) throw new MalformedFile(`it holds no entry "${name}"`);
    return entry;
  };
  const read = async (entry: ZipEntry): Promise<Uint8Array> => {
    const bytes = new Uint8Array(entry.bytes);
    await readFully(file, bytes, places.get(entry)!, `the entry "${entry.name}"`);
    if (crc32(bytes) !== entry.crc32)
      throw new MalformedFile(`the checksum of its entry "${entry.name}" is wrong`);
    return bytes;
  };
  const readAtMost = (name: string, mostBytes: number): Promise<Uint8Array> => {
    const entry = find(name);
    if (entry.bytes > mostBytes)
      throw new RefusedFile(`its entry "${name}" has ${entry.bytes} bytes; at most ${mostBytes} are read`);
    return read(entry);
  };
  if (byName.has(`${writtenAs}/byteorder`)) await requireLittleEndian(readAtMost);
  return {
    writtenAs,
    readPickle: (mostBytes) => readAtMost('data.pkl', mostBytes),
    readStorage: async (key, bytes) => {
      const entry = find(`data/${key}`);
      if (entry.bytes !== bytes)
        throw new MalformedFile(`storage "${key}" has ${entry.bytes} bytes; its pickle says ${bytes}`);
      return read(entry);
    },
  };
}

/** Where the data of each entry begin. */
async function locateApart(
  file: PositionedReader,
  fileBytes: number,
  entries: readonly ZipEntry[],
): Promise<Map<ZipEntry, number>> {
  const places = new Map<ZipEntry, number>();
  let freeFrom = 0;
  for (const entry of [...entries].sort((a, b) => a.headerOffset - b.headerOffset)) {
    const { start, end } = await locateZipEntry(file, fileBytes, entry);
    if (entry.method !== 0 || entry.bytes !== entry.compressedBytes)
      throw new RefusedFile(`its entry "${entry.name}" is compressed; torch stores its entries as they are`);
    if (entry.headerOffset < freeFrom)
      throw new RefusedFile(`its entry "${entry.name}" overlaps the one before it`);
    places.set(entry, start);
    freeFrom = end;
  }
  return places;
}

async function requireLittleEndian(
  readAtMost: (name: string, mostBytes: number) => Promise<Uint8Array>,
): Promise<void> {
  const order = Buffer.from(await readAtMost('byteorder', 16)).toString('latin1');
  if (order !== 'little')
    throw new RefusedFile(`its byte order is ${JSON.stringify(order)}; only little is read`);
}
