import { type Precision, precisions } from '../../engine/engine.ts';
import { findAlias } from '../../models/aliases.ts';

/** A model of a study, as it was named. */
export interface ModelSpec {
  /** As `findModel` takes it. */
  reference: string;
  /** Null: the model's own default. */
  precision: Precision | null;
  /** Short name that can be a folder, unique in the study. */
  id: string;
}

/**
 * Models from texts such as `gemma-2-2b-it` or `smollm2-135m-instruct@q8_0`.
 *
 * @throws RangeError where two have the same short name
 * @example
 * parseModels(['smollm2-135m-instruct@q8_0'])[0]; // { reference: 'smollm2-135m-instruct', precision: 'q8_0', id: ... }
 */
export function parseModels(texts: readonly string[]): ModelSpec[] {
  const specs = texts.map(parseModel);
  specs.forEach(({ id }, place) => {
    const other = specs.findIndex((spec) => spec.id === id);
    if (other !== place)
      throw new RangeError(
        `invalid "models"; "${texts[other]}" and "${texts[place]}" are both called "${id}"`,
      );
  });
  return specs;
}

const suffix = new RegExp(`@(${precisions.join('|')})$`);

function parseModel(text: string): ModelSpec {
  const precision = (suffix.exec(text)?.[1] as Precision | undefined) ?? null;
  const reference = text.replace(suffix, '');
  const name =
    findAlias(reference)?.name ??
    reference
      .split(/[/\\]/)
      .at(-1)!
      .replace(/\.gguf$/i, '');
  const safe = name.replaceAll(/[^\w.-]+/g, '-');
  return { reference, precision, id: precision === null ? safe : `${safe}@${precision}` };
}
