import { resolveSystem } from '../../prompts/chat-template.ts';
import type { AnswerFlags, SamplingFlags } from '../answer-options.ts';
import { openAnswerer } from '../answers/open-answerer.ts';
import { samplingOf } from '../answers/sampling.ts';
import { exitCodes } from '../exit-codes.ts';
import { chatView } from './chat-view.ts';
import { type CommandContext, chatCommands, describeSteering, runChatCommand } from './commands.ts';
import { ChatLoop } from './loop.ts';
import { ChatSession } from './session.ts';

/** One for the answer, one for the answer beside it. */
const streams = 2;

/** `steerbench chat`: talks with a model on a terminal, or with a pipe, a line a message. */
export async function chat(flags: AnswerFlags & SamplingFlags): Promise<void> {
  const { stdin, stdout, stderr } = process;
  const interactive = stdin.isTTY === true && stdout.isTTY === true && process.env['TERM'] !== 'dumb';
  const view = chatView(stdout, interactive ? stdout : stderr, interactive);
  const { engine, answerer, folder, steering } = await openAnswerer(flags, {
    streams,
    onLog: (line) => stderr.write(`${line}\n`),
  });
  const session = new ChatSession({
    answerer,
    view,
    system: resolveSystem(flags.system),
    sampling: samplingOf(flags),
    steering,
  });
  const context: CommandContext = {
    session,
    folder,
    model: { name: engine.facts.name, hash: engine.facts.hash },
    end: () => loop.end(),
  };
  const loop = new ChatLoop(
    { input: stdin, output: stdout, interactive },
    {
      session,
      command: (line) => runChatCommand(context, line),
      complete: (line) => completions(context, line),
    },
  );
  const stop = () => {
    process.exitCode = exitCodes.interrupted;
    session.cancel();
    loop.end();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  try {
    if (interactive) await greet(session, engine.facts.name);
    const { failed } = await loop.run();
    // A person has seen what went wrong; a script has to be told.
    if (failed && !interactive) process.exitCode ??= exitCodes.failed;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, stop);
    await engine.dispose();
  }
}

async function greet(session: ChatSession, model: string): Promise<void> {
  const { view, answerer, steering } = session;
  view.note(`${model}; /help lists the commands, Ctrl-C stops an answer, Ctrl-D ends`);
  for (const note of answerer.notes) view.note(note);
  for (const line of describeSteering(await answerer.steering(steering))) view.note(line);
}

/** Names of commands, and behind `/steer` those of vectors. */
async function completions({ folder }: CommandContext, line: string): Promise<[string[], string]> {
  const starting = (words: string[], begun: string): [string[], string] => [
    words.filter((word) => word.startsWith(begun)),
    begun,
  ];
  if (/^\/\S*$/.test(line)) return starting(Object.keys(chatCommands), line);
  const vector = /^\/steer\s(?:.*\s)?(\S*)$/.exec(line)?.[1];
  if (vector === undefined || folder === null) return [[], line];
  return starting(
    (await folder.list()).map(({ alias }) => alias),
    vector,
  );
}
