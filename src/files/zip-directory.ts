import type { PositionedReader } from './positioned-reader.ts';
import { MalformedFile, readFully } from './read-fully.ts';

/** A file in a zip, as the directory describes it. */
export interface ZipEntry {
  name: string;
  encrypted: boolean;
  /** 0 is stored, 8 deflated. */
  method: number;
  crc32: number;
  compressedBytes: number;
  bytes: number;
  /** Bytes from the start of the zip to the entry's own header. */
  headerOffset: number;
}

/**
 * The directory of a zip, in its order.
 *
 * No zip64: what its fields would hold is refused. Layout: APPNOTE.TXT 6.3, sections 4.3.12 and 4.3.16. Nothing is
 * allocated beyond the bytes that the file has.
 *
 * @throws MalformedFile
 */
export async function readZipDirectory(file: PositionedReader, fileBytes: number): Promise<ZipEntry[]> {
  const directory = await readDirectoryBytes(file, fileBytes);
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === directorySignature) {
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      method: directory.readUInt16LE(at + 10),
      crc32: directory.readUInt32LE(at + 16),
      compressedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      headerOffset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * Where the data of an entry lie: `[start, end)` in the zip.
 *
 * @throws MalformedFile for an entry that is encrypted, compressed by another method than deflate, or cut off
 */
export async function locateZipEntry(
  file: PositionedReader,
  fileBytes: number,
  entry: ZipEntry,
): Promise<{ start: number; end: number }> {
  const { name, headerOffset, compressedBytes, method, encrypted } = entry;
  const header = Buffer.alloc(30);
  await readFully(file, header, headerOffset, `the header of "${name}"`);
  if (header.readUInt32LE(0) !== headerSignature)
    throw new MalformedFile(`the header of "${name}" is not where it should be`);
  if (encrypted || (method !== 0 && method !== 8))
    throw new MalformedFile(`"${name}" is encrypted or compressed with method ${method}`);
  // Name and extra field may be longer here than in the directory.
  const start = headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const end = start + compressedBytes;
  if (end > fileBytes) throw new MalformedFile(`"${name}" is cut off`);
  return { start, end };
}

/** The directory's place stands in the record at the end, which a comment of up to 64 kB may follow. */
async function readDirectoryBytes(file: PositionedReader, fileBytes: number): Promise<Buffer> {
  const tail = Buffer.alloc(Math.min(fileBytes, 22 + 0xffff));
  await readFully(file, tail, fileBytes - tail.length, 'the end of the zip');
  const at = tail.lastIndexOf(endSignature);
  if (at < 0 || at + 22 > tail.length) throw new MalformedFile('it is not a whole zip');
  const bytes = tail.readUInt32LE(at + 12);
  const offset = tail.readUInt32LE(at + 16);
  if (offset + bytes > fileBytes) throw new MalformedFile('its directory lies past the end');
  const directory = Buffer.alloc(bytes);
  await readFully(file, directory, offset, 'the directory of the zip');
  return directory;
}

const headerSignature = 0x04034b50;
const directorySignature = 0x02014b50;
const endSignature = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
