import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitForEnd } from '../support/processes.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';
import { type TestVectors, testVectors } from '../support/vector-folder.ts';

let tiny: TinyLlama;
let vectors: TestVectors;
let folder: string;
beforeAll(async () => {
  tiny = await tinyLlama({ seed: 9, endless: true });
  vectors = await testVectors({ calm: [2] });
  folder = await mkdtemp(join(tmpdir(), 'steerbench-serve-'));
});
afterAll(async () => {
  await Promise.all([tiny.remove(), vectors.remove(), rm(folder, { recursive: true, force: true })]);
});

/** Runs `steerbench serve` on the tiny model; `first` is its first line of standard output. */
function serve(options: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(
    process.execPath,
    [
      ...['dist/cli/main.js', 'serve', '--model', tiny.path, '--precision', 'file', '--threads', '1'],
      ...['--context', '256', '--port', '0', ...options],
    ],
    { env: { ...process.env, ...env } },
  );
  const said = { stdout: '', stderr: '' };
  const first = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text;
      if (said.stdout.includes('\n')) resolve(said.stdout.split('\n')[0]!);
    });
    child.on('close', (code) => reject(new Error(`ended with ${code}: ${said.stderr}`)));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  first.catch(() => {});
  return { child, said, first, ended };
}

describe('steerbench serve', () => {
  it('serves with its steering until it is told to stop, and takes the engine with it', async () => {
    const { child, said, first, ended } = serve([
      ...['--vectors', vectors.path, '--steer', 'calm@2:2', '--name', 'mine', '--json'],
    ]);
    const { kind, url, pid, enginePid } = JSON.parse(await first);
    expect([kind, pid]).toEqual(['listening', child.pid]);
    const body = JSON.stringify({ model: 'mine', prompt: 'Hello', max_tokens: 4 });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/v1/completions`, { method: 'POST', headers, body });
    const { choices } = await response.json();
    expect(choices[0].applied_steering.entries).toMatchObject([{ vector: 'calm', positions: [4] }]);
    expect(said.stderr).toContain(`loading ${tiny.path}\n`);
    expect(said.stderr).toContain(`vectors of "${vectors.path}": calm\n`);
    expect(said.stderr).toMatch(/^POST \/v1\/completions 200 \d+ ms$/m);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await waitForEnd(enginePid);
  });

  it('asks for the keys of a file', async () => {
    const file = join(folder, 'keys');
    await writeFile(file, 'first-long-key\n\nsecond-long-key\n');
    const { child, first, ended, said } = serve(['--api-key-file', file, '--quiet', '--host', '0.0.0.0']);
    const url = /^listening on (http:\/\/\S+)\/v1$/.exec(await first)![1]!.replace('0.0.0.0', '127.0.0.1');
    const status = async (key: string) =>
      (await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect([await status('second-long-key'), await status('third-long-key')]).toEqual([200, 401]);
    expect(said.stderr).toBe('');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('looks for no model before the rest of its options is right', async () => {
    for (const [options, message] of [
      [['--host', '0.0.0.0'], 'give an API key'],
      [['--steer', 'calm@2,size=1'], 'there is no option "size"'],
      [['--audit', '/nowhere'], '/nowhere'],
    ] as const) {
      const { said, ended } = serve([...options, '--model', 'absent.gguf'], { STEERBENCH_API_KEY: '' });
      expect(await ended).not.toBe(0);
      expect(said.stderr).toContain(message);
    }
  });

  it.each<[string, string[], RegExp]>([
    [
      'an open address without a key',
      ['--host', '0.0.0.0'],
      /can be reached from other machines: give an API key/,
    ],
    ['a folder that is absent', ['--vectors', '/nowhere/at/all'], /\/nowhere\/at\/all/],
    ['steering without its vector', ['--steer', 'lost@2:1'], /lost/],
    ['a port that is none', ['--port', '70000'], /Expected a port, from 0 to 65535/],
  ])('ends at %s', async (_, options, message) => {
    const { said, ended } = serve(options, { STEERBENCH_API_KEY: '' });
    expect(await ended).not.toBe(0);
    expect(said.stderr).toMatch(message);
    expect(said.stdout).toBe('');
  });
});
