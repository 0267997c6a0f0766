import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Answerer } from '../../src/answers/answerer.ts';
import { chatView } from '../../src/cli/chat/chat-view.ts';
import { type CommandContext, runChatCommand } from '../../src/cli/chat/commands.ts';
import { ChatLoop } from '../../src/cli/chat/loop.ts';
import { ChatSession } from '../../src/cli/chat/session.ts';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { parseSteering } from '../../src/steering/parse-spec.ts';
import { VectorFolder } from '../../src/steering/vector-folder.ts';
import { main } from '../support/planted-command.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';
import { type TestVectors, testVectors } from '../support/vector-folder.ts';

let tiny: TinyLlama;
let engine: LlamaEngine;
let folder: TestVectors;
let answerer: Answerer;
let scratch: string;
beforeAll(async () => {
  // On a dumb terminal readline edits nothing.
  vi.stubEnv('TERM', 'xterm');
  // A context long enough that an answer takes seconds: time to stop it.
  tiny = await tinyLlama({ seed: 9, context: 8192, endless: true });
  engine = await loadLlama({
    path: tiny.path,
    contextTokens: 256,
    batchRows: 64,
    threads: 1,
    streams: 2,
    streamTokens: 8192,
  });
  folder = await testVectors({ calm: [2], loud: [1] });
  answerer = new Answerer(engine, {
    vectors: new VectorFolder(folder.path),
    residualNorms: new Map([[2, 8]]),
  });
  scratch = await mkdtemp(join(tmpdir(), 'steerbench-chat-'));
});
afterAll(async () => {
  await engine.dispose();
  await tiny.remove();
  await folder.remove();
  await rm(scratch, { recursive: true });
  vi.unstubAllEnvs();
});

const system = 'Be brief.';
const short = { temperature: 0, maxTokens: 6, ignoreEnd: true };

/** A chat on a stand-in for a terminal, or a pipe. */
function openChat({
  interactive,
  maxTokens = 6,
  spec = '',
}: {
  interactive: boolean;
  maxTokens?: number;
  spec?: string;
}) {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { columns: 70 });
  const notes = interactive ? output : new PassThrough();
  let shown = '';
  let noted = '';
  output.on('data', (text) => (shown += text));
  if (!interactive) notes.on('data', (text) => (noted += text));
  const session = new ChatSession({
    answerer,
    view: chatView(output, notes, interactive),
    system,
    sampling: { ...short, maxTokens },
    steering: spec === '' ? [] : parseSteering(spec),
  });
  const context: CommandContext = {
    session,
    folder: new VectorFolder(folder.path),
    model: { name: 'tiny', hash: 'abc' },
    end: () => loop.end(),
  };
  const loop = new ChatLoop(
    { input, output, interactive },
    {
      session,
      command: (line) => runChatCommand(context, line),
      complete: async (line) => [['/steer'], line],
    },
  );
  const until = async (seen: (text: string) => boolean) => {
    for (let tries = 0; !seen(shown); tries++) {
      if (tries > 2000) throw new Error(`never seen; the screen has ${JSON.stringify(shown)}`);
      await wait(5);
    }
  };
  const type = (text: string) => input.write(text);
  return { session, input, type, done: loop.run(), until, shown: () => shown, noted: () => noted };
}

const answerTo = async (turns: [string, string][], message: string, steering = '') => {
  const messages = [
    { role: 'system' as const, content: system },
    ...turns.flatMap(([user, assistant]) => [
      { role: 'user' as const, content: user },
      { role: 'assistant' as const, content: assistant },
    ]),
    { role: 'user' as const, content: message },
  ];
  return (await answerer.chat(messages, { ...short, ...(steering === '' ? {} : { steering }) }).whole()).text;
};

describe('a chat through a pipe', () => {
  it('answers line after line with the whole conversation before it, and puts nothing else on its output', async () => {
    const { input, done, shown, noted, session } = openChat({ interactive: false });
    input.end('Hello\n\n/steer calm@2:6\nAnd \\\nnow?\n/off\nBye');
    expect(await done).toEqual({ failed: false });
    const first = await answerTo([], 'Hello');
    const second = await answerTo([['Hello', first]], 'And \nnow?', 'calm@2:6');
    const third = await answerTo(
      [
        ['Hello', first],
        ['And \nnow?', second],
      ],
      'Bye',
    );
    expect(shown()).toBe(`${first}\n${second}\n${third}\n`);
    expect(
      session.turns.map(({ applied_steering: applied }) =>
        applied?.entries.map(({ positions }) => positions),
      ),
    ).toEqual([undefined, [], undefined, [[6]], undefined, []]);
    expect(noted()).toContain('1  calm@2 × 6, add, response; ');
    expect(noted()).toContain('nothing steers');
  });

  it('compares one below the other; the steered answer goes on', async () => {
    const { input, done, shown, session } = openChat({ interactive: false, spec: 'calm@2:6' });
    input.end('/compare Hello\n/set 12\n/compare\nAnd now?\n');
    expect(await done).toEqual({ failed: false });
    const plain = await answerTo([], 'Hello');
    const steered = await answerTo([], 'Hello', 'calm@2:6');
    const harder = await answerTo([], 'Hello', 'calm@2:12');
    const next = await answerTo([['Hello', harder]], 'And now?', 'calm@2:12');
    expect(new Set([plain, steered, harder]).size).toBe(3);
    expect(shown()).toBe(
      `unsteered: ${plain}\nsteered: ${steered}\nunsteered: ${plain}\nsteered: ${harder}\n${next}\n`,
    );
    expect(session.turns.map(({ content }) => content)).toEqual(['Hello', harder, 'And now?', next]);
    expect(session.turns[1]!.unsteered).toBe(plain);
  });

  it('keeps the last answer where comparing it fails', async () => {
    const { input, done, noted, session } = openChat({ interactive: false, spec: 'calm@2:6' });
    input.end('Hello\n/set 3e38\n/compare\n');
    expect(await done).toEqual({ failed: true });
    expect(noted()).toMatch(/^steerbench: /m);
    expect(session.turns.map(({ content }) => content)).toEqual([
      'Hello',
      await answerTo([], 'Hello', 'calm@2:6'),
    ]);
  });

  it('saves what was said and done, and never over a file', async () => {
    const file = join(scratch, 'chat.json');
    const { input, done, noted } = openChat({ interactive: false, spec: 'calm@2:6' });
    input.end(`Hello\n/save ${file}\n/save ${file}\n`);
    expect(await done).toEqual({ failed: true });
    expect(noted()).toContain('exists already');
    const saved = JSON.parse(await readFile(file, 'utf8'));
    expect(saved).toMatchObject({
      schema: 'steerbench.chat',
      model: { name: 'tiny', hash: 'abc' },
      sampling: short,
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: 'Hello' },
        { role: 'assistant', applied_steering: { entries: [{ vector: 'calm', multiplier: 6 }] } },
      ],
    });
  });

  it.each([
    ['/bogus', 'there is no command "/bogus"'],
    ['/set 1', 'nothing steers'],
    ['/set', '"/set" takes a multiplier'],
    ['/set a', '"/set" takes a multiplier'],
    ['/compare', 'nothing steers'],
    ['/steer absent@2', 'has no vector "absent"'],
    ['/steer calm@3', 'has no layer 3'],
    ['/steer calm@2 loud@1:2\n/set 3 1', 'there is no entry 3'],
    ['/save', '"/save" needs a file'],
  ])('goes on after "%s", telling why it failed', async (lines, reason) => {
    const { input, done, shown, noted } = openChat({ interactive: false });
    input.end(`${lines}\n/off\nHello\n`);
    expect(await done).toEqual({ failed: true });
    expect(noted()).toContain(reason);
    expect(shown()).toBe(`${await answerTo([], 'Hello')}\n`);
  });

  it('lists commands and vectors, shows and changes the system message, begins anew', async () => {
    const { input, done, shown, noted, session } = openChat({ interactive: false });
    input.end(
      '/help\n/vectors\n/system\nHello\n/system Be rude.\n/system\n/system none\n/system\nHello\n/reset\n/exit\nnever\n',
    );
    await done;
    for (const word of [
      '/steer [SPEC...]',
      '/compare [MESSAGE]',
      'calm: layers 2',
      'Be brief.',
      'Be rude.',
      'there is no system message',
    ])
      expect(noted()).toContain(word);
    const bare = await answerer.chat([{ role: 'user', content: 'Hello' }], short).whole();
    expect(shown()).toBe(`${await answerTo([], 'Hello')}\n${bare.text}\n`);
    expect(session.turns).toEqual([]);
  });
});

const ctrlC = '\u0003';
const ctrlD = '\u0004';
const left = '\u001b[D';

describe('a chat on a terminal', () => {
  it('edits lines, remembers them, and completes commands', async () => {
    const { type, done, until, session } = openChat({ interactive: true });
    await until((text) => text.includes('> '));
    type('/ste\t');
    await until((text) => text.includes('/steer'));
    type(ctrlC);
    // As a person types: key by key.
    for (const key of ['ello', left, left, left, left, 'H', '\r']) {
      type(key);
      await wait(5);
    }
    await until(() => session.turns.length === 2);
    // Arrow up brings the line back.
    type('\u001b[A!\r');
    await until(() => session.turns.length === 4);
    type(ctrlD);
    expect(await done).toEqual({ failed: false });
    expect(session.turns.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual([
      'Hello',
      'Hello!',
    ]);
  });

  it('Ctrl-C stops an answer and not the program; then empties a line; then ends', async () => {
    const { type, done, until, session, shown } = openChat({ interactive: true, maxTokens: 8000 });
    await until((text) => text.includes('> '));
    type('Hello\r');
    await until((text) => text.split('\r\n').at(-1)!.length > 40 || text.length > 200);
    // Typed during the answer: not shown in the middle of it, and not lost.
    type('typed ahead');
    await wait(20);
    expect(shown()).not.toContain('typed ahead');
    type(ctrlC);
    await until((text) => text.includes('(stopped)'));
    expect(session.turns[1]).toMatchObject({ finish: 'cancelled' });
    await until((text) => text.includes('typed ahead'));
    type(ctrlC);
    type(ctrlC);
    expect(await done).toEqual({ failed: false });
    expect(session.turns).toHaveLength(2);
  });

  it('compares side by side', async () => {
    const { type, done, until, session, shown } = openChat({ interactive: true, spec: 'calm@2:6' });
    type('/compare Hello\r');
    await until(() => session.turns.length === 2);
    type(ctrlD);
    await done;
    expect(shown()).toMatch(/unsteered +│ steered/);
    expect(session.turns[1]!.content).toBe(await answerTo([], 'Hello', 'calm@2:6'));
  });
});

const modelWords = () => ['chat', '--model', tiny.path, '--threads', '1', '--vectors', folder.path];

describe('the command', () => {
  it('answers a pipe: the answer on standard output, no escape sequence anywhere', () => {
    const run = spawnSync(
      process.execPath,
      [main, ...modelWords(), '--steer', 'calm@2:6', '--max-tokens', '6'],
      {
        input: 'Hello\n/steer\n',
        encoding: 'utf8',
      },
    );
    expect(run.stdout.trim()).not.toBe('');
    expect(run.stderr).toContain('1  calm@2 × 6, add, response; ');
    expect(run.stdout + run.stderr).not.toContain('\u001b');
    expect(run.status).toBe(0);
  });

  it.each([
    [['--steer', 'absent@2'], 3, 'has no vector "absent"'],
    [['--steer', 'calm@2:6,size=3'], 3, 'there is no option "size"'],
    [['--audit', 'absent'], 3, 'absent'],
    [['--temperature', '-1'], 2, 'Expected a number from 0 to 100'],
  ])('%j is refused before anything is asked', (words, status, message) => {
    const run = spawnSync(process.execPath, [main, ...modelWords(), ...words], {
      input: '',
      encoding: 'utf8',
    });
    expect(run.stderr).toContain(message);
    expect(run.stdout).toBe('');
    expect(run.status).toBe(status);
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  it.skipIf(!python)(
    'on a real terminal: Ctrl-C stops the answer, the next line is answered, Ctrl-C ends',
    async () => {
      const child = spawn('python3', [
        fileURLToPath(new URL('../support/terminal.py', import.meta.url)),
        process.execPath,
        main,
        ...modelWords(),
        '--max-tokens',
        '7000',
      ]);
      let screen = '';
      child.stdout.setEncoding('utf8').on('data', (text) => (screen += text));
      const until = async (seen: () => boolean) => {
        for (let tries = 0; !seen(); tries++) {
          if (tries > 4000)
            throw new Error(`never seen; the screen has ${JSON.stringify(screen.slice(-500))}`);
          await wait(5);
        }
      };
      await until(() => screen.includes('> '));
      const begun = screen.length;
      child.stdin.write('Hello\r');
      await until(() => screen.length > begun + 100);
      child.stdin.write(ctrlC);
      await until(() => screen.includes('(stopped)'));
      child.stdin.write('/steer calm@2\r');
      await until(() => screen.includes('calm@2 × 1'));
      child.stdin.write(`${ctrlC}${ctrlC}`);
      const [code] = await once(child, 'exit');
      expect(code).toBe(0);
    },
  );
});
