import { builtInBehaviours } from '../../behaviours/index.ts';
import type { Format, Item } from '../../dataset/item.ts';
import { loadBehaviour } from '../../dataset/load-behaviour.ts';
import { pairStatements } from '../../dataset/pair-statements.ts';
import type { LoadedBehaviour } from '../../dataset/parse.ts';
import type { AnswerPrefixOption } from '../../prompts/answer-prefix.ts';
import { contentOf } from '../../prompts/content-of.ts';

/** Options of `steerbench data show`. */
export interface ShowOptions {
  item?: number;
  format: 'auto' | Format;
  tokens?: boolean;
  model?: string;
  system?: string;
  answerPrefix: AnswerPrefixOption;
  json?: boolean;
}

/**
 * The text of `steerbench data show`: an item as it is written, or as a model gets it where one is to be loaded.
 *
 * @throws RangeError for an item that is not there; SteerbenchError as the loaders of data and models.
 */
export async function showItem(nameOrPath: string, options: ShowOptions): Promise<string> {
  const behaviour = await loadBehaviour(nameOrPath);
  const format = options.format === 'auto' ? usualFormat(behaviour) : options.format;
  const pairs = format === 'completion' && behaviour.statements !== null;
  const paired = pairs ? pairStatements(behaviour.items, behaviour.statements!) : null;
  const item = findItem(paired?.items ?? behaviour.items, options.item, behaviour.name);
  const notes = [...behaviour.notes, ...(paired === null ? [] : [paired.note])];
  const shown =
    options.tokens || options.model !== undefined
      ? await asModelGets(item, format, behaviour.name, options)
      : { item: item.index, ...contentOf(item, format, behaviour.name), notes: [], tokens: null };
  const document = { behaviour: behaviour.name, format, ...shown, notes: [...notes, ...shown.notes] };
  return options.json ? JSON.stringify(document, null, 2) : describeShown(document);
}

interface Shown {
  item: number;
  prompt: string;
  positive: string;
  negative: string;
  notes: string[];
  /** The table of tokens; null unless asked for. */
  tokens: string | null;
}

function usualFormat(behaviour: LoadedBehaviour): Format {
  const builtIn = builtInBehaviours.find(
    ({ name }) => behaviour.source === 'built-in' && name === behaviour.name,
  );
  if (builtIn !== undefined) return builtIn.defaultFormat;
  return behaviour.items.some(({ completion }) => completion !== null) ? 'completion' : 'multiple-choice';
}

function findItem(items: readonly Item[], wanted: number | undefined, name: string): Item {
  const item = wanted === undefined ? items[0] : items.find(({ index }) => index === wanted);
  if (item !== undefined) return item;
  const range =
    items.length === 0 ? 'it has none' : `they go from ${items[0]!.index} to ${items.at(-1)!.index}`;
  throw new RangeError(
    `invalid "--item"; "${name}" has no item ${wanted ?? 0} that can take the format: ${range}`,
  );
}

/** Loads the model, so the engine is imported only here. */
async function asModelGets(
  item: Item,
  format: Format,
  behaviour: string,
  options: ShowOptions,
): Promise<Shown> {
  const [
    { findModel },
    { downloadReporter },
    { loadEngine },
    { createCaseBuilder },
    { describePrompt },
    { showTokens },
    { resolveSystem },
  ] = await Promise.all([
    import('../../models/find-model.ts'),
    import('../../download/download-reporter.ts'),
    import('../../engine/remote-engine.ts'),
    import('../../prompts/build-case.ts'),
    import('../../prompts/describe-prompt.ts'),
    import('../../prompts/show-tokens.ts'),
    import('../../prompts/chat-template.ts'),
  ]);
  const { onProgress, onMessage, done } = downloadReporter(process.stderr);
  const { path, sha256 } = await findModel(options.model, { onProgress, onMessage }).finally(done);
  const engine = await loadEngine({ path, hash: sha256 });
  try {
    const { answerPrefix } = options;
    const system = resolveSystem(options.system);
    const builder = await createCaseBuilder({
      behaviour,
      format,
      system,
      answerPrefix,
      tokenizer: engine,
      facts: engine.facts,
    });
    const built = await builder.build(item);
    const moved = built.seamMoved
      ? ['Prompt and answer share a token: the answer is counted from it on.']
      : [];
    const colour = process.stdout.isTTY === true && !options.json;
    const tokens = options.tokens ? await showTokens(built, engine, { colour }) : null;
    const described = describePrompt(builder, item);
    return { ...described, notes: [...described.notes, ...moved], tokens };
  } finally {
    await engine.dispose();
  }
}

function describeShown({
  behaviour,
  format,
  item,
  prompt,
  positive,
  negative,
  notes,
  tokens,
}: Shown & { behaviour: string; format: Format }): string {
  const title = `${behaviour}, item ${item}, ${format}`;
  const texts = [
    `--- prompt ---\n${prompt}`,
    `--- positive answer ---\n${positive}`,
    `--- negative answer ---\n${negative}`,
  ];
  const body = tokens === null ? texts : [...texts, `--- tokens ---\n${tokens}`];
  return [title, ...body, ...(notes.length === 0 ? [] : [`--- notes ---\n${notes.join('\n')}`])].join('\n\n');
}
