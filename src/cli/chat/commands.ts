import type { PreparedSteering } from '../../answers/prepare-steering.ts';
import { parseSteering } from '../../steering/parse-spec.ts';
import type { SteeringValue } from '../../steering/steering-value.ts';
import type { VectorFolder } from '../../steering/vector-folder.ts';
import type { ChatSession } from './session.ts';
import { saveTranscript } from './transcript.ts';

/** What a command works on. */
export interface CommandContext {
  session: ChatSession;
  folder: VectorFolder | null;
  /** The model, for a transcript. */
  model: { name: string; hash: string };
  /** Ends the program after this command. */
  end: () => void;
}

interface ChatCommand {
  /** What stands behind the name. */
  usage: string;
  what: string;
  run(context: CommandContext, argument: string): Promise<void> | void;
}

/** The commands of a chat, by name. */
export const chatCommands: Readonly<Record<string, ChatCommand>> = {
  '/steer': {
    usage: '[SPEC...]',
    what: 'steer the answers to come; without SPEC, show what steers',
    run: steer,
  },
  '/set': { usage: '[ENTRY] MULTIPLIER', what: 'change the multiplier, of all entries or of one', run: set },
  '/off': { usage: '', what: 'steer no more', run: ({ session }) => report(session, session.steer([])) },
  '/compare': {
    usage: '[MESSAGE]',
    what: 'answer without and with steering; without MESSAGE, the last one again',
    run: compare,
  },
  '/vectors': { usage: '', what: 'the vectors of the folder', run: vectors },
  '/system': { usage: '[TEXT]', what: 'change the system message, or "none"; begins anew', run: system },
  '/reset': { usage: '', what: 'begin anew', run: ({ session }) => session.reset() },
  '/save': {
    usage: 'FILE',
    what: 'write the conversation, and what was done to each answer, as JSON',
    run: save,
  },
  '/help': { usage: '', what: 'this list', run: help },
  '/exit': { usage: '', what: 'end; so does Ctrl-D', run: ({ end }) => end() },
};

/**
 * Runs a line that begins with a slash.
 *
 * @throws SteerbenchError of the command; RangeError for one that does not exist, or a wrong argument
 */
export async function runChatCommand(context: CommandContext, line: string): Promise<void> {
  const [, name = '', argument = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line) ?? [];
  const command = chatCommands[name];
  if (command === undefined) throw new RangeError(`there is no command "${name}"; /help lists them`);
  await command.run(context, argument.trim());
}

/** `sentiment@14 × 0.8, 12 % of the residual norm`, a line an entry. */
export function describeSteering({ resolved, doses, warnings }: PreparedSteering): string[] {
  if (resolved.entries.length === 0) return ['nothing steers'];
  const lines = resolved.entries.map(({ vector, layers, multiplier, operator, scope, gate }, entry) => {
    const shares = doses.filter((dose) => dose.entry === entry).map(({ share }) => share);
    const largest = shares.every((share) => share !== null) ? Math.max(...shares) : null;
    const size = largest === null ? '' : `; ${(100 * largest).toPrecision(2)} % of the residual norm`;
    const extent = 'tokens' in scope ? `${scope.kind} ${scope.tokens}` : scope.kind;
    const condition = gate === null ? '' : ', on a condition';
    return `${entry + 1}  ${vector.name}@${layers.join(',')} × ${multiplier}, ${operator}, ${extent}${condition}${size}`;
  });
  return [...lines, ...warnings.map((warning) => `warning: ${warning}`)];
}

async function report(session: ChatSession, prepared: Promise<PreparedSteering>): Promise<void> {
  for (const line of describeSteering(await prepared)) session.view.note(line);
}

function steer({ session }: CommandContext, argument: string): Promise<void> {
  if (argument === '') return report(session, session.answerer.steering(session.steering));
  return report(session, session.steer(specsOf(argument)));
}

/** Several short forms with spaces between, or one JSON value. */
function specsOf(argument: string): SteeringValue {
  if (/^[[{]/.test(argument)) return parseSteering(argument);
  return argument.split(/\s+/).flatMap((spec) => parseSteering(spec));
}

function set({ session }: CommandContext, argument: string): Promise<void> {
  const numbers = argument.split(/\s+/).map((word) => (word === '' ? Number.NaN : Number(word)));
  const [entry, multiplier] = numbers.length === 2 ? numbers : [null, numbers[0]];
  const { steering } = session;
  if (numbers.length > 2 || !Number.isFinite(multiplier))
    throw new RangeError('"/set" takes a multiplier, as /set 0.8, or the number of an entry and one');
  if (steering.length === 0) throw new RangeError('nothing steers: /steer SPEC first');
  if (entry !== null && steering[entry! - 1] === undefined)
    throw new RangeError(`there is no entry ${entry}; there are ${steering.length}`);
  return report(
    session,
    session.steer(
      steering.map((one, place) =>
        entry === null || place === entry! - 1 ? { ...one, multiplier: multiplier! } : one,
      ),
    ),
  );
}

async function compare({ session }: CommandContext, argument: string): Promise<void> {
  if (session.steering.length === 0) throw new RangeError('nothing steers: /steer SPEC first');
  await (argument === '' ? session.compareAgain() : session.compare(argument));
}

async function vectors({ session, folder }: CommandContext): Promise<void> {
  if (folder === null) throw new RangeError('there is no folder of vectors: start with --vectors DIR');
  const entries = await folder.list();
  if (entries.length === 0) session.view.note(`"${folder.path}" has no vectors`);
  for (const { alias, vector, error } of entries) {
    const layers = vector === null ? '' : [...vector.vector.layers.keys()].join(', ');
    session.view.note(error === null ? `${alias}: layers ${layers}` : `${alias}: ${error.message}`);
  }
}

function system({ session }: CommandContext, argument: string): void {
  if (argument === '') {
    session.view.note(session.system === null ? 'there is no system message' : session.system);
    return;
  }
  session.system = argument === 'none' ? null : argument;
  session.reset();
}

async function save(context: CommandContext, argument: string): Promise<void> {
  if (argument === '') throw new RangeError('"/save" needs a file: /save chat.json');
  await saveTranscript(argument, context.session, context.model);
  context.session.view.note(`saved to "${argument}"`);
}

function help({ session }: CommandContext): void {
  const rows = Object.entries(chatCommands).map(([name, { usage, what }]) => [
    `${name} ${usage}`.trim(),
    what,
  ]);
  const width = Math.max(...rows.map(([name]) => name!.length)) + 2;
  for (const [name, what] of rows) session.view.note(`${name!.padEnd(width)}${what}`);
  session.view.note(
    'SPEC is VECTOR[@LAYERS][:MULTIPLIER][,scope=…][,operator=…][,when=…]; a \\ at the end continues a message',
  );
}
