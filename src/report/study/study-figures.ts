import { studyFigureGroups } from '../../plots/study/all.ts';
import type { StudyFigure } from '../../plots/study/study-figure.ts';
import type { Study } from '../../result/study.ts';
import { toCsv } from '../csv.ts';
import { standaloneSvg } from './standalone.ts';

/** A figure of a study as files. */
export interface StudyFigureFiles {
  /** File name without ending, e.g. `figure-05-id-ood-mean`. */
  name: string;
  /** The drawing, to be read on its own; null for tables and prompts. */
  svg: string | null;
  csv: string;
}

/**
 * Every figure and table of a study that has data, as SVG and CSV, in the order of the page.
 *
 * @example
 * for (const { name, csv } of studyFigures(study)) await writeFile(`figures/${name}.csv`, csv);
 */
export function studyFigures(study: Study): StudyFigureFiles[] {
  return drawStudyFigures(study)
    .flatMap(({ figures }) => figures)
    .flatMap((figure) =>
      'missing' in figure
        ? []
        : [
            {
              name: figure.id,
              svg: 'draw' in figure ? standaloneSvg(figure) : null,
              csv: toCsv(figure.table),
            },
          ],
    );
}

/** The figures of every question, made from the study but not yet drawn. */
export function drawStudyFigures(study: Study): { id: string; question: string; figures: StudyFigure[] }[] {
  return studyFigureGroups.map(({ id, question, figures }) => ({
    id,
    question,
    figures: figures.map((figure) => figure(study)),
  }));
}
