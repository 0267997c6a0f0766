import { z } from 'zod';
import { excerpt } from './excerpt.ts';
import { JudgeFault } from './judgement.ts';

/**
 * The points in the body of a chat completion: an integer from 0 to 10 that is the whole of the judge's answer.
 *
 * Read strictly: a number with words around it, or with a fraction, may mean something else than it seems to.
 * `answersAs`: the model that must have answered (a date after its name is allowed: `name-2024-08-06`); null for any.
 *
 * @throws JudgeFault `unreadable`, `wrong-model`, `cut-short`, `declined` or `no-score`
 * @example
 * readAnswer('{"model":"judge","choices":[{"message":{"content":"7"}}]}', 'judge'); // 7
 */
export function readAnswer(body: string, answersAs: string | null): number {
  const { model, choices } = parse(body);
  if (answersAs !== null && !isModel(model ?? null, answersAs)) {
    const other =
      model == null ? 'the endpoint does not say which model answered' : `"${excerpt(model)}" answered`;
    throw new JudgeFault('wrong-model', `${other}, not "${answersAs}"`);
  }
  const { finish_reason: finish, message } = choices[0]!;
  // A cut answer may be the 1 of a 10.
  if (finish === 'length' || finish === 'content_filter')
    throw new JudgeFault('cut-short', `the judge's answer was cut short ("${finish}")`);
  const content = (message.content ?? '').trim();
  if (/^none$/i.test(content))
    throw new JudgeFault('declined', 'the judge found nothing that can be understood');
  if (!/^(?:10|[0-9])$/.test(content))
    throw new JudgeFault('no-score', `the judge answered "${excerpt(content)}", not an integer from 0 to 10`);
  return Number(content);
}

const completionSchema = z.object({
  model: z.string().nullish(),
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
});

function parse(body: string): z.infer<typeof completionSchema> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // A server that was cut off in the middle of its answer may do better.
    throw new JudgeFault('unreadable', 'the answer is not whole JSON', { retry: true });
  }
  const parsed = completionSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new JudgeFault(
    'unreadable',
    `the answer is no chat completion: ${path.join('.') || 'it'}: ${message}`,
  );
}

function isModel(answered: string | null, asked: string): boolean {
  if (answered === null) return false;
  return (
    answered === asked || (answered.startsWith(asked) && /^-\d[\d-]*$/.test(answered.slice(asked.length)))
  );
}
