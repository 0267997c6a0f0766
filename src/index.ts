export type {
  CaptureResult,
  Engine,
  GenerateRequest,
  GenerateResult,
  LoadOptions,
  MeasureRequest,
  MeasureResult,
  ModelFacts,
  Precision,
  ReadPosition,
} from './engine/engine.ts';
export { type ErrorCode, SteerbenchError } from './errors.ts';
export type { RunOptions } from './experiments/run-options.ts';
export { type Intervention, isIdentity, type Operator, type Start } from './interventions/intervention.ts';
export { type AuditOptions, audit } from './library/audit.ts';
export { type ExtractOptions, extract } from './library/extract.ts';
export { type LoadModelOptions, loadModel, type Model } from './library/load-model.ts';
export { type Measured, type MeasureOptions, measure } from './library/measure.ts';
export type { Case, Sequence } from './prompts/case.ts';
export { parseResult, type Result } from './result/schema.ts';
export { checkVector } from './vectors/check-vector.ts';
export { type CombineOptions, combineVectors, type Part } from './vectors/combine-vectors.ts';
export { type Comparison, compareVectors } from './vectors/compare-vectors.ts';
export { type ExportForm, exportVector } from './vectors/export-vector.ts';
export { type ProducerName, producerNames } from './vectors/import/producer-names.ts';
export { type LoadVectorOptions, loadVector } from './vectors/load-vector.ts';
export type { LoadedVector, VectorSource } from './vectors/loaded-vector.ts';
export type { Method } from './vectors/method.ts';
export { saveControlVector } from './vectors/save-control-vector.ts';
export { saveVector } from './vectors/save-vector.ts';
export type { ImportRecord, SteeringVector } from './vectors/steering-vector.ts';
