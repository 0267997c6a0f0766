import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonWith } from '../support/python.ts';

const folder = mkdtempSync(join(tmpdir(), 'steerbench-examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs an example as a user would, from the root of the repository. */
function run(name: string, ...args: string[]): string {
  return execFileSync(process.execPath, [`examples/${name}`, ...args], { encoding: 'utf8' });
}

describe('the examples', () => {
  it('audit.mjs prints a verdict and leaves a report', () => {
    const out = join(folder, 'audit');
    expect(run('audit.mjs', out)).toContain('report.html');
    expect(existsSync(join(out, 'report.html'))).toBe(true);
  });

  it('extract-and-measure.mjs finds a positive steerability and saves a control vector', () => {
    const file = join(folder, 'sentiment.gguf');
    const slope = Number(/steerability (-?[\d.]+) nats/.exec(run('extract-and-measure.mjs', file))?.[1]);
    expect(slope).toBeGreaterThan(0);
    expect(existsSync(file)).toBe(true);
  });

  it('steer-text.mjs continues a prompt under three multipliers', () => {
    expect(run('steer-text.mjs').match(/^(0|1|-1): /gm)).toEqual(['0: ', '1: ', '-1: ']);
  });
});

describe('the examples of the server', () => {
  const python = pythonWith('openai');
  let server: ReturnType<typeof spawn>;
  let url = '';
  beforeAll(async () => {
    const page = readFileSync('docs/serve.md', 'utf8');
    /** A command of the page, with its folder in the temporary one. */
    const documented = (command: string) =>
      new RegExp(`^npm run steerbench -- (${command} .*)$`, 'm')
        .exec(page)![1]!
        .replace('runs/', `${folder}/`)
        .split(' ');
    const main = ['dist/cli/main.js'];
    // One thread: several would wait for each other wherever the machine has other work.
    const threads = ['--threads', '1'];
    execFileSync(process.execPath, [...main, ...documented('extract'), '--quiet', ...threads]);
    server = spawn(process.execPath, [...main, ...documented('serve'), '--port', '0', ...threads], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    url = await new Promise((resolve, reject) => {
      server.stdout!.setEncoding('utf8').on('data', (line: string) => {
        resolve(/^listening on (\S+)\/v1$/m.exec(line)![1]!);
      });
      server.on('close', () => reject(new Error('the server ended')));
    });
  });
  afterAll(async () => {
    server.kill('SIGTERM');
    await new Promise((resolve) => server.on('close', resolve));
  });

  /** Not `execFileSync`: the server's output has to be read meanwhile. */
  const ask = async (...command: string[]) =>
    (
      await promisify(execFile)(command[0]!, command.slice(1), {
        env: { ...process.env, STEERBENCH_URL: url },
      })
    ).stdout;
  const answers =
    /^0: ".+"\nfrench acted on 0 positions\n1: (".+")\nfrench acted on 24 positions\nstreamed: \1\n/;

  it('serve-openai.mjs and serve-openai.py print the same answers', async () => {
    const own = await ask(process.execPath, 'examples/serve-openai.mjs');
    expect(own).toMatch(answers);
    expect(own).toMatch(/^dinner: dish,minutes$/m);
    const [plain, steered] = [...own.matchAll(/^[01]: (.+)$/gm)].map(([, text]) => text);
    expect(steered).not.toBe(plain);
    if (python.path === null) return;
    expect(own.startsWith(await ask(python.path, 'examples/serve-openai.py'))).toBe(true);
  });

  it('serve.sh gets what the page shows', async () => {
    const out = await ask('bash', 'examples/serve.sh');
    const [vectors, chat, scored, set, cleared] = out
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    expect(vectors.data).toContainEqual(expect.objectContaining({ alias: 'french', usable: true }));
    const shown = /```json\n([^`]+)```/.exec(readFileSync('docs/serve.md', 'utf8'))![1]!;
    expect(chat.choices[0].applied_steering).toMatchObject(JSON.parse(shown));
    const chunks = [...out.matchAll(/^data: (\{.*)$/gm)].map(([, line]) => JSON.parse(line!).choices[0]);
    expect(chunks.map(({ delta }) => delta.content ?? '').join('')).toBe(chat.choices[0].message.content);
    expect(scored.choices[0].logprobs.token_logprobs.slice(1).every((value: number) => value < 0)).toBe(true);
    expect([set.steering.length, cleared.steering.length]).toEqual([1, 0]);
  });
});
