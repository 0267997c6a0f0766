import type { Study } from '../../result/study.ts';
import { type Figure, type FigureTable, type MissingFigure, reasonFor } from '../figure.ts';

/** What every figure and table of a study has. */
interface Numbered {
  /** Kebab-case, unique in the page; starts with the paper's number where it has one, e.g. `figure-05-id-ood-mean`. */
  id: string;
  /** A few words for lists. */
  name: string;
  /** Number in the paper, e.g. `5` or `11 to 14`; null for ours. */
  paper: string | null;
  /** Whether the paper calls it a table. */
  isTable?: true;
  /** Section of docs/science.md that explains its quantities. */
  section: string;
}

/** A drawn figure. */
export type StudyPicture = Figure & Numbered;

/** The place of a figure whose numbers were not measured. */
export type MissingStudyFigure = MissingFigure & Numbered;

/** A table that is shown as such: there is nothing to draw. */
export interface StudyTable extends Numbered {
  title: string;
  note: string;
  help: string;
  table: FigureTable;
}

/** Prompts as the model got them. */
export interface StudyPrompts extends StudyTable {
  prompts: { heading: string; text: string }[];
}

/** Anything that has a place of its own in the study page. */
export type StudyFigure = StudyPicture | StudyTable | StudyPrompts | MissingStudyFigure;

/** Draws one figure from the study document alone. */
export type DrawStudy = (study: Study) => StudyFigure;

/** A figure without its drawing, put together with it by `picture`. */
type Words = Omit<StudyPicture, 'draw'>;

/** A figure whose drawing gets the finished words, for the picture's title and description. */
export function picture(
  words: Words,
  draw: (figure: Words, layout: 'wide' | 'narrow') => string,
): StudyPicture {
  return { ...words, draw: (layout) => draw(words, layout) };
}

/**
 * The place of a figure without data, and why: the reason that most runs give for what matches, else that of the
 * study's first entry that matches, else the fallback.
 */
export function missing(place: Numbered, study: Study, what: RegExp, fallback: string): MissingStudyFigure {
  const reasons = study.runs.flatMap(
    ({ result }) => result.notMeasured.find((entry) => what.test(entry.what))?.reason ?? [],
  );
  const count = (reason: string) => reasons.filter((other) => other === reason).length;
  const most = [...new Set(reasons)].sort((a, b) => count(b) - count(a))[0];
  const notMeasured = [
    ...(most === undefined ? [] : [{ what: 'most runs', reason: most }]),
    ...study.notMeasured,
  ];
  const named = most === undefined ? what : /^most runs$/;
  return { ...place, title: place.name, missing: reasonFor({ notMeasured }, named, fallback) };
}
