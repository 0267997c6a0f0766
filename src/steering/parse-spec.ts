import { SteerbenchError } from '../errors.ts';
import { checkSteering, type SteeringValue } from './steering-value.ts';

/** `VECTOR[@LAYERS][:MULTIPLIER][,KEY=VALUE]...`; the vector is as short as the rest allows. */
const form =
  /^(?<vector>.+?)(?:@(?<layers>all|\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*))?(?::(?<multiplier>[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?))?(?<options>(?:,[a-z]+=[^,]+)*)$/;
const condition =
  /^(?<measure>projection|cosine)\((?<vector>.+)@(?<layer>\d+)\)(?<side>[<>])(?<threshold>[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)$/;

/**
 * Reads steering from a command line: a short text, or JSON where it begins with `{` or `[`.
 *
 * Short form: `VECTOR[@LAYERS][:MULTIPLIER][,operator=NAME][,scope=SCOPE][,when=CONDITION]`
 * - LAYERS: `14`, `10-20`, `10,15`, `all`
 * - SCOPE: `prompt`, `response`, `all`, `first:5`, `after:5`
 * - CONDITION: `cosine(VECTOR@LAYER)>0.2`, `projection(VECTOR@LAYER)<1.5`
 *
 * @throws SteerbenchError `steering-malformed`
 * @example
 * parseSteering('sentiment@14:0.8'); // [{ vector: 'sentiment', layers: 14, multiplier: 0.8, operator: 'add', … }]
 * parseSteering('calm@10-12:-1,scope=after:3,when=cosine(anger@12)>0.2');
 */
export function parseSteering(text: string): SteeringValue {
  const trimmed = text.trim();
  if (trimmed.startsWith('[') || trimmed.startsWith('{')) return parseJson(trimmed);
  const groups = form.exec(trimmed)?.groups;
  if (groups === undefined) throw malformed(text, 'it does not have the form VECTOR@LAYERS:MULTIPLIER');
  const { vector, layers, multiplier, options = '' } = groups;
  const entry: Record<string, unknown> = { vector };
  if (layers !== undefined) entry['layers'] = layers === 'all' ? 'all' : layerList(layers, text);
  if (multiplier !== undefined) entry['multiplier'] = Number(multiplier);
  for (const option of options.split(',').slice(1)) {
    const [key, value] = [option.slice(0, option.indexOf('=')), option.slice(option.indexOf('=') + 1)];
    if (key in entry) throw malformed(text, `"${key}" is given twice`);
    entry[key] = optionValue(key, value, text);
  }
  return checkSteering([entry]);
}

function parseJson(text: string): SteeringValue {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(text, `it is not JSON: ${(error as Error).message}`);
  }
  return checkSteering(Array.isArray(value) ? value : [value]);
}

function layerList(text: string, whole: string): number | number[] {
  const layers = text.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number) as [number, number?];
    if (last! < first || last! - first > 1000) throw malformed(whole, `the layers ${part} are no range`);
    return Array.from({ length: last! - first + 1 }, (_, index) => first + index);
  });
  return layers.length === 1 ? layers[0]! : layers;
}

function optionValue(key: string, value: string, whole: string): unknown {
  switch (key) {
    case 'operator':
      return value;
    case 'scope':
      return scopeOf(value);
    case 'when':
      return conditionOf(value, whole);
    default:
      throw malformed(whole, `there is no option "${key}"; there are operator, scope and when`);
  }
}

function scopeOf(text: string): unknown {
  const counted = /^(first|after):(\d+)$/.exec(text);
  return counted === null ? text : { kind: counted[1], tokens: Number(counted[2]) };
}

function conditionOf(text: string, whole: string): unknown {
  const groups = condition.exec(text)?.groups;
  if (groups === undefined)
    throw malformed(whole, `the condition "${text}" does not have the form cosine(VECTOR@LAYER)>NUMBER`);
  const { measure, vector, layer, side, threshold } = groups;
  return {
    measure,
    vector,
    layer: Number(layer),
    [side === '>' ? 'above' : 'below']: Number(threshold),
  };
}

function malformed(text: string, reason: string): SteerbenchError {
  return new SteerbenchError('steering-malformed', `the steering "${text}" cannot be read: ${reason}`, {
    remedy: 'give for example sentiment@14:0.8, or JSON where a name has commas, "@" or ":" in it',
  });
}
