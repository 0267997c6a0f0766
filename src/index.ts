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
export { loadVector } from './vectors/load-vector.ts';
export type { Method } from './vectors/method.ts';
export { saveControlVector } from './vectors/save-control-vector.ts';
export { saveVector } from './vectors/save-vector.ts';
export type { SteeringVector } from './vectors/steering-vector.ts';
