import type { Answerer } from '../answers/answerer.ts';
import type { Engine } from '../engine/engine.ts';
import type { SupervisorState } from '../engine/engine-supervisor.ts';
import type { SteeringValue } from '../steering/steering-value.ts';
import type { VectorFolder } from '../steering/vector-folder.ts';
import type { Admission } from './admission.ts';
import type { AnswerGroups } from './answer-group.ts';
import type { Metrics } from './metrics.ts';

/** What every route works with. */
export interface ServerContext {
  engine: Engine;
  /** Finds vectors by their alias in the folder, and nowhere else. */
  answerer: Answerer;
  /** The folder of vectors; null without one. */
  folder: VectorFolder | null;
  residualNorms: ReadonlyMap<number, number>;
  /** Whether the engine can take requests now. */
  state: () => SupervisorState['kind'];
  engineRestarts: () => number;
  /** The name that requests call the model by. */
  modelName: string;
  /** Seconds since 1970 when the server began. */
  created: number;
  /** Of model, adapters and program. */
  fingerprint: string;
  /** Steering of requests that have none of their own. */
  defaultSteering: DefaultSteering;
  limits: RequestLimits;
  admission: Admission;
  groups: AnswerGroups;
  metrics: Metrics;
  /** Tells the operator something, once. */
  tell: (note: string) => void;
}

/** How much a request may ask for. */
export interface RequestLimits {
  /** Tokens of prompt and answer. */
  contextTokens: number;
  /** Tokens of an answer. */
  answerTokens: number;
  bodyBytes: number;
}

/** The steering of requests that have none of their own. */
export interface DefaultSteering {
  value: SteeringValue;
  /** May find vectors by path too, while the value is the operator's own. */
  answerer: Answerer;
}
