export type { Answer, AnswerEnd, AnswerEvent, Usage, WholeAnswer } from './answers/answer.ts';
export type { AnswerFormat, AnswerOptions } from './answers/answer-options.ts';
export { Answerer, type PreparedAnswer } from './answers/answerer.ts';
export { readAuditLimits } from './answers/audit-limits.ts';
export type { PreparedSteering } from './answers/prepare-steering.ts';
export { measureResidualNorms } from './answers/residual-norms.ts';
export type {
  CaptureResult,
  Engine,
  GenerateRequest,
  GenerateResult,
  LoadOptions,
  Lora,
  MeasureRequest,
  MeasureResult,
  ModelFacts,
  Precision,
  ReadPosition,
} from './engine/engine.ts';
export { EngineSupervisor, type SupervisorState } from './engine/engine-supervisor.ts';
export type {
  AnswerStream,
  EndReason,
  PromptText,
  Sampling,
  ScoredToken,
  StreamEnd,
  StreamEvent,
  StreamFacts,
  StreamIntervention,
  StreamRequest,
  TokenLogprob,
} from './engine/streams/stream-request.ts';
export { type ErrorCode, SteerbenchError } from './errors.ts';
export type { RunOptions } from './experiments/run-options.ts';
export { grammarOfAnyObject, grammarOfSchema } from './grammar/json-schema.ts';
export type { Gate } from './interventions/gate.ts';
export { type Intervention, isIdentity, type Operator, type Start } from './interventions/intervention.ts';
export type { Scope } from './interventions/scope.ts';
export { chat, complete, type LibraryAnswerOptions } from './library/answer.ts';
export { type AuditOptions, audit } from './library/audit.ts';
export { type ExtractOptions, extract } from './library/extract.ts';
export { type LoadModelOptions, loadModel, type Model } from './library/load-model.ts';
export { type Measured, type MeasureOptions, measure } from './library/measure.ts';
export type { Case, Sequence } from './prompts/case.ts';
export type { ChatMessage } from './prompts/message-template.ts';
export { parseResult, type Result } from './result/schema.ts';
export type { AnsweredRequest } from './server/app.ts';
export { type RunningServer, type ServerOptions, startServer } from './server/server.ts';
export { type AppliedSteering, appliedSteering } from './steering/applied-steering.ts';
export { type DamageLimit, type Dose, damageLimitOf, damageWarnings, dosesOf } from './steering/dose.ts';
export { parseSteering } from './steering/parse-spec.ts';
export {
  type ResolvedEntry,
  type ResolvedGate,
  type ResolvedSteering,
  resolveSteering,
} from './steering/resolve-steering.ts';
export {
  checkSteering,
  type SteeringEntry,
  type SteeringInput,
  type SteeringValue,
  steeringJsonSchema,
} from './steering/steering-value.ts';
export { type FolderEntry, VectorFolder } from './steering/vector-folder.ts';
export { fileVectors, firstOf, type NamedVector, type VectorSource } from './steering/vector-source.ts';
export { checkVector } from './vectors/check-vector.ts';
export { type CombineOptions, combineVectors, type Part } from './vectors/combine-vectors.ts';
export { type Comparison, compareVectors } from './vectors/compare-vectors.ts';
export { type ExportForm, exportVector } from './vectors/export-vector.ts';
export { type ProducerName, producerNames } from './vectors/import/producer-names.ts';
export { type LoadVectorOptions, loadVector } from './vectors/load-vector.ts';
export type { LoadedVector, VectorOrigin } from './vectors/loaded-vector.ts';
export type { Method } from './vectors/method.ts';
export { saveControlVector } from './vectors/save-control-vector.ts';
export { saveVector } from './vectors/save-vector.ts';
export type { ImportRecord, SteeringVector } from './vectors/steering-vector.ts';
