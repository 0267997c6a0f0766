import type { Study } from '../../result/study.ts';
import { draw } from '../draw.ts';
import { formatNumber } from '../format-number.ts';
import { heatPanel } from './heat-panel.ts';
import { type Block, blocksOf, judged, modelTitle, type Run, sayLeftOut, unitWords } from './runs.ts';
import { count, estimateCells, estimateColumns } from './say.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

type Ood = NonNullable<Run['result']['ood']>;

const settings = ['BASE', 'SYS_POS', 'SYS_NEG', 'USER_POS', 'USER_NEG'] as const;
const vectors = [...settings, 'MEAN'] as const;

/** Vectors of all settings tested in all settings: their mean over datasets, and every dataset small. */
export function oodHeatMaps(study: Study): StudyFigure {
  const place = {
    id: 'ood-heat-maps',
    name: 'Vectors of all settings in all settings',
    paper: null,
    section: 'Other prompts',
  };
  const blocks = blocksOf(
    study,
    (run): Ood | null => run.result.ood,
    (ood) => meanOf(ood, 'BASE', 'BASE') ?? -Infinity,
  );
  const rows = blocks.flatMap((block) => block.rows);
  if (rows.length === 0) {
    return missing(place, study, /ood|setting/i, 'No run was steered under other prompts.');
  }
  return picture(
    {
      ...place,
      title: sayKept(blocks),
      note: `Mean slope in ${unitWords(rows.map(({ run }) => run))} per unit of multiplier, vectors rescaled to the length of BASE. Large: mean over the datasets that count; small: every dataset, in the same order of rows and columns.${sayLeftOut(blocks)}`,
      key: [
        { glyph: '■', colour: 'accent', text: 'steers as intended, the darker the further' },
        { glyph: '■', colour: 'warning', text: 'steers backwards' },
      ],
      help: 'A row is a vector by the setting it was extracted in, a column the setting it was tested in. The diagonal from the upper left is in distribution; pale or orange cells beside it are prompts at which the vector fails.',
      description: blocks
        .map(
          (block) =>
            `${block.heading}, mean over datasets: ${vectors
              .map(
                (vector) =>
                  `vector ${vector} ${settings.map((setting) => `${formatNumber(averageOf(block, vector, setting))} in ${setting}`).join(', ')}`,
              )
              .join('; ')}.`,
        )
        .join(' '),
      table: {
        columns: [
          ...['model', 'dataset', 'unit', 'vector', 'test setting', ...estimateColumns('mean slope')],
          ...[...estimateColumns('variance'), ...estimateColumns('backwards share')],
          ...[...estimateColumns('relative steerability'), 'left out'],
        ],
        rows: rows.flatMap(({ run, data }) =>
          data.cells.map(({ vector, setting, mean, variance, antiSteerable }) => {
            const relative = data.relative.find((each) => each.vector === vector && each.setting === setting);
            return [
              ...[modelTitle(study, run.model), run.behaviour, run.result.unit, vector, setting],
              ...[...estimateCells(mean), ...estimateCells(variance), ...estimateCells(antiSteerable)],
              ...[...estimateCells(relative?.ratio ?? null), run.leftOut],
            ];
          }),
        ),
      },
    },
    (figure, layout) =>
      draw(
        { ...figure, layout },
        blocks.map((block) => {
          const grid = (value: (vector: string, setting: string) => number | null) =>
            vectors.map((vector) => settings.map((setting) => value(vector, setting)));
          const mean = grid((vector, setting) => averageOf(block, vector, setting));
          const maps = block.rows.map(({ label, leftOut, data }) => ({
            ...{ label, leftOut },
            values: grid((vector, setting) => meanOf(data, vector, setting)),
          }));
          return heatPanel(layout, block.heading, { rows: vectors, columns: settings }, mean, maps);
        }),
      ),
  );
}

function sayKept(blocks: Block<Ood>[]): string {
  const cells = judged(blocks).flatMap(({ data }) =>
    data.cells.filter(({ vector, setting }) => vector !== setting && vector !== 'MEAN'),
  );
  const known = cells.filter(({ mean }) => mean.low !== null && mean.high !== null);
  if (known.length === 0) return 'Vectors of all settings in all settings';
  const steers = known.filter(({ mean }) => mean.low! > 0).length;
  const backwards = known.filter(({ mean }) => mean.high! < 0).length;
  const share = (part: number) => `${Math.round((100 * part) / known.length)}\u00a0%`;
  return `Tested in another setting than their own, vectors steer clearly in ${share(steers)} and clearly backwards in ${share(backwards)} of ${count(known.length, 'case')}`;
}

function meanOf(ood: Ood, vector: string, setting: string): number | null {
  return ood.cells.find((cell) => cell.vector === vector && cell.setting === setting)?.mean.value ?? null;
}

/** Mean over the datasets that count; over all where none does. */
function averageOf({ rows }: Block<Ood>, vector: string, setting: string): number | null {
  const counted = rows.some(({ leftOut }) => !leftOut) ? rows.filter(({ leftOut }) => !leftOut) : rows;
  const values = counted.flatMap(({ data }) => meanOf(data, vector, setting) ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
