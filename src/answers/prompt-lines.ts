import { z } from 'zod';
import { SteerbenchError } from '../errors.ts';
import { readJsonLines } from '../files/jsonl.ts';
import { readTextLines } from '../files/text-lines.ts';
import { largestSeed } from '../math/next-seed.ts';
import { parseSteering } from '../steering/parse-spec.ts';
import { type SteeringValue, steeringSchema } from '../steering/steering-value.ts';

/** One prompt of a file, with what it has of its own. */
export interface PromptLine {
  /** 1-based line of the file; 1 for a prompt of the command line. */
  line: number;
  id: string | number | null;
  /** A text to continue, or a conversation to answer. */
  input: { prompt: string } | { messages: { role: 'system' | 'user' | 'assistant'; content: string }[] };
  /** Null takes the command's. */
  steering: SteeringValue | null;
  maxTokens: number | null;
  temperature: number | null;
  seed: number | null;
  stop: string[] | null;
}

const messageSchema = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string(),
});

const lineSchema = z
  .strictObject({
    id: z.union([z.string(), z.number()]).optional(),
    prompt: z.string().optional(),
    messages: z.array(messageSchema).min(1).optional(),
    steering: z.union([z.string(), steeringSchema]).optional(),
    max_tokens: z.number().int().min(1).optional(),
    temperature: z.number().min(0).max(100).optional(),
    seed: z.number().int().min(0).max(largestSeed).optional(),
    stop: z.array(z.string().min(1)).max(64).optional(),
  })
  .refine(({ prompt, messages }) => (prompt === undefined) !== (messages === undefined), {
    error: 'expected either "prompt" or "messages"',
  });

/**
 * Reads the prompts of a file: JSON Lines where its name ends in `.jsonl`, else one prompt a line, `\n` in it being a
 * line break.
 *
 * A JSON line has `prompt` or `messages`, and may have `id`, `steering` (a value or its short form), `max_tokens`,
 * `temperature`, `seed` and `stop`.
 *
 * @throws SteerbenchError `data-malformed` naming file, line and field; `steering-malformed`, `data-not-found`
 */
export async function readPromptLines(path: string): Promise<PromptLine[]> {
  if (!/\.(jsonl|ndjson)$/i.test(path))
    return (await readTextLines(path)).map((prompt, index) => plainPrompt(prompt, index + 1));
  const lines = (await readJsonLines(path)).map(({ line, value }) => promptOf(path, line, value));
  if (lines.length > 0) return lines;
  throw new SteerbenchError('data-malformed', `"${path}" holds no prompt`, {
    remedy: 'write one JSON value a line: {"prompt": "..."}',
  });
}

/** A prompt that has nothing of its own. */
export function plainPrompt(prompt: string, line: number): PromptLine {
  return {
    line,
    id: null,
    input: { prompt },
    steering: null,
    maxTokens: null,
    temperature: null,
    seed: null,
    stop: null,
  };
}

function promptOf(path: string, line: number, value: unknown): PromptLine {
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) {
    const { path: field, message } = parsed.error.issues[0]!;
    const where = field.length === 0 ? '' : ` "${field.join('.')}"`;
    throw new SteerbenchError('data-malformed', `"${path}" line ${line}${where}: ${message}`, {
      remedy:
        'a line is {"prompt"} or {"messages"}, with "id", "steering", "max_tokens", "temperature", "seed", "stop"',
    });
  }
  const { id, prompt, messages, steering, max_tokens, temperature, seed, stop } = parsed.data;
  return {
    line,
    id: id ?? null,
    input: prompt === undefined ? { messages: messages! } : { prompt },
    steering:
      steering === undefined ? null : typeof steering === 'string' ? parseSteering(steering) : steering,
    maxTokens: max_tokens ?? null,
    temperature: temperature ?? null,
    seed: seed ?? null,
    stop: stop ?? null,
  };
}
