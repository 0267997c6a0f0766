type Document = Record<string, unknown>;

/**
 * An older result document in the present form; what it did not hold is null or empty, as where it was not measured.
 *
 * Version 1 had point values for d′ and the ROC AUC, which become estimates without an interval.
 */
export function upgrade(json: unknown): unknown {
  return isObject(json) && json['version'] === 1 ? fromVersion1(json) : json;
}

function fromVersion1(old: Document): Document {
  const list = (value: unknown) => (Array.isArray(value) ? value : []);
  const extend = (value: unknown, more: Document): unknown =>
    isObject(value) ? { ...more, ...value } : value;
  return {
    ...absentInVersion1,
    ...old,
    version: 2,
    behaviour: extend(old['behaviour'], { persona: null }),
    split: extend(old['split'], { leaked: 0 }),
    vector: isObject(old['vector']) ? upgradeVector(old['vector']) : old['vector'],
    steerability: extend(old['steerability'], { kurtosis: unknownEstimate }),
    generations: list(old['generations']).map((generation) =>
      isObject(generation)
        ? {
            ...generation,
            continuations: list(generation['continuations']).map((text) => extend(text, { score: null })),
          }
        : generation,
    ),
    items: list(old['items']).map((item) => extend(item, { swappedSlope: null })),
    randomNull: extend(old['randomNull'], { tailP: null }),
    shuffledNull: extend(old['shuffledNull'], { tailP: null }),
  };
}

const reason = 'the run was made before this was measured';
const unknownEstimate = { value: null, low: null, high: null, n: 0, method: 'none', reason };

const absentInVersion1: Document = {
  profile: 'corrected',
  settings: [],
  layerStability: null,
  bias: null,
  orders: null,
  replicates: null,
  ranges: [],
  ood: null,
  prompting: null,
  damage: null,
  generationCheck: null,
};

function upgradeVector(vector: Document): Document {
  const point = (value: unknown) =>
    typeof value === 'number' ? { ...unknownEstimate, value, method: 'point value' } : null;
  return {
    stability: null,
    overlap: null,
    ...vector,
    dPrime: point(vector['dPrime']),
    rocAuc: point(vector['rocAuc']),
  };
}

function isObject(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
