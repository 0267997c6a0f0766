import { join } from 'node:path';
import { atomicWrite } from '../../files/atomic-write.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { writeFailure } from '../../files/write-failure.ts';
import { type Study, studySchema } from '../../result/study.ts';

/** Writes everything that a study shows: study.json, index.html, figures as SVG and CSV. */
export async function writeStudyDocuments(folder: string, study: Study): Promise<void> {
  const checked = studySchema.parse(JSON.parse(JSON.stringify(study)));
  await makeFolder(folder).catch((cause) => {
    throw writeFailure(folder, cause);
  });
  await atomicWrite(join(folder, 'study.json'), `${JSON.stringify(checked, null, 1)}\n`);
}
