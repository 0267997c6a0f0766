import { buildCaptureTrie } from '../../engine/capture-trie.ts';
import type { Intervention } from '../../interventions/intervention.ts';
import type { Case } from '../../prompts/case.ts';
import { shortlistLength } from '../../scores/layer-choice.ts';
import type { RunContext } from '../empty-result.ts';
import { countOf, parseLayers } from '../run-options.ts';
import type { Session } from '../session.ts';
import { controlWanted } from './check-competence.ts';
import { cellsOf, countRows } from './measure-items.ts';
import { threeMultipliers } from './multiplier-pair.ts';
import { nullMultipliers } from './null-vectors.ts';
import type { Persona } from './persona.ts';
import type { Prepared } from './prepare.ts';
import { readPosition } from './read-position.ts';

/**
 * Counts the rows of an audit's stages before they begin, so that progress can tell the time left.
 *
 * How many rows a stage has does not depend on which layers and vectors it uses, only on how many.
 */
export function expectAudit({ session, given, persona }: RunContext, prepared: Prepared): void {
  const { options, progress } = session;
  const { train, validation, test, controls } = prepared;
  const measured = (cases: Case[], multipliers: number[], vectors: number) =>
    measuredRows(session, cases, multipliers, vectors);
  const nullItems = test.slice(0, options.nullItems);
  progress.expect(
    'competence',
    countRows(session, { cases: controls, interventions: [null], wanted: controlWanted(options) }),
  );
  if (given === null) {
    progress.expect('extraction', capturedRows(session, train));
    const all = parseLayers(options.layers, prepared.facts.blocks).length;
    const layers = options.layerSearch === 'every' ? all : Math.min(shortlistLength, all);
    if (layers > 1) progress.expect('validation', measured(validation, nullMultipliers, layers));
    progress.expect('validation-pairs', capturedRows(session, validation));
    if (options.shuffledVectors > 0)
      progress.expect('shuffled-null', measured(nullItems, nullMultipliers, options.shuffledVectors + 1));
  }
  progress.expect('test', measured(test, options.multipliers, 1));
  if (options.format === 'multiple-choice' && options.orders === 'both')
    progress.expect('swapped', measured(test, options.multipliers, 1));
  if (options.randomVectors > 0)
    progress.expect('random-null', measured(nullItems, nullMultipliers, options.randomVectors + 1));
  progress.expect('settings', settingRows(session, persona, prepared));
  const continued = test.slice(0, options.continuedItems);
  const streams = continued.length * 3 * (1 + options.sampledTexts);
  progress.expect(
    'free-answers',
    continued.reduce((sum, item) => sum + item.positive.lastPromptToken, 0) +
      streams * options.continuedTokens,
  );
  progress.expect(
    'damage',
    options.damageTexts * (1 + options.damageMultipliers.length) * options.damageTokens,
  );
  progress.expect('dose', capturedRows(session, nullItems));
  if (options.noiseItems > 0)
    progress.expect('noise', measured(test.slice(0, options.noiseItems), options.multipliers, 1));
  const repeated = test.slice(0, options.replicateItems);
  progress.expect('replicates', options.replicates * measured(repeated, nullMultipliers, 1));
}

/** Rows under the four other settings, as if their prompts were as long as that of BASE. */
function settingRows(session: Session, persona: Persona, { train, test }: Prepared): number {
  const { options } = session;
  const count = countOf(options.settingItems, test.length);
  if (count === 0 || 'missing' in persona) return 0;
  const items = test.slice(0, count);
  const whole = count === test.length;
  return (
    4 * capturedRows(session, train) +
    (whole
      ? measuredRows(session, items, options.multipliers, 5) +
        4 * measuredRows(session, items, options.multipliers, 6)
      : 4 * measuredRows(session, items, threeMultipliers(options.multipliers), 2))
  );
}

/** Rows of measuring some cases under several vectors; what the vectors would do does not matter for counting. */
export function measuredRows(
  session: Session,
  cases: Case[],
  multipliers: number[],
  vectors: number,
): number {
  const { operator, start } = session.options;
  const interventions: Intervention[] = Array.from({ length: vectors }, (_, layer) =>
    multipliers.map((multiplier) => ({ layer, vector: new Float32Array(0), multiplier, operator, start })),
  ).flat();
  return countRows(session, { cases, interventions });
}

function capturedRows(session: Session, cases: Case[]): number {
  return cellsOf(session, cases).reduce(
    (sum, items) => sum + buildCaptureTrie(items, readPosition(session.options), false).trie.size,
    0,
  );
}
