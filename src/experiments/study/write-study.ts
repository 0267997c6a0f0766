import { join } from 'node:path';
import { atomicWrite } from '../../files/atomic-write.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { writeFailure } from '../../files/write-failure.ts';
import { studyFigures } from '../../report/study/study-figures.ts';
import { renderStudy } from '../../report/study/study-page.ts';
import { type Study, studySchema } from '../../result/study.ts';

/** Writes everything that a study shows: study.json, study.html, figures as SVG and CSV. */
export async function writeStudyDocuments(folder: string, study: Study): Promise<void> {
  const checked = studySchema.parse(JSON.parse(JSON.stringify(study)));
  const figures = join(folder, 'figures');
  await makeFolder(figures).catch((cause) => {
    throw writeFailure(folder, cause);
  });
  // The numbers first: whatever becomes of the pictures, they are there.
  await atomicWrite(join(folder, 'study.json'), `${JSON.stringify(checked, null, 1)}\n`);
  for (const { name, svg, csv } of studyFigures(checked)) {
    await atomicWrite(join(figures, `${name}.csv`), csv);
    if (svg !== null) await atomicWrite(join(figures, `${name}.svg`), svg);
  }
  await atomicWrite(join(folder, 'study.html'), renderStudy(checked));
}
