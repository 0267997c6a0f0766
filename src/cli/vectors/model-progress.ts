import type { FindModelOptions } from '../../models/find-model.ts';

/** Callbacks that show a download on standard error. */
export async function modelProgress(): Promise<{
  download: Pick<FindModelOptions, 'onProgress' | 'onMessage'>;
  done: () => void;
}> {
  const { downloadReporter } = await import('../../download/download-reporter.ts');
  const { onProgress, onMessage, done } = downloadReporter(process.stderr);
  return { download: { onProgress, onMessage }, done };
}
