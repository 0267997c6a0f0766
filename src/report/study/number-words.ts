import type { StudyFigure } from '../../plots/study/study-figure.ts';

/** What the paper calls a figure: "Figure 5", "Figures 3 and 16", "Table 1"; null for ours. */
export function paperName({ paper, isTable }: Pick<StudyFigure, 'paper' | 'isTable'>): string | null {
  if (paper === null) return null;
  const several = /\D/.test(paper);
  return `${isTable ? 'Table' : 'Figure'}${several ? 's' : ''} ${paper}`;
}
