import { antiSteerableRelations } from './anti-steerable.ts';
import { backwardsItems } from './backwards-items.ts';
import { damageAgainstEffect } from './damage-effect.ts';
import { equalDamage } from './equal-damage.ts';
import { cosineByGap, relativeByGap } from './gaps.ts';
import { generationByItem } from './generation-by-item.ts';
import { generationOverDatasets } from './generation-over-datasets.ts';
import { idOodMean, idOodVariance } from './id-ood.ts';
import { itemNoise } from './item-noise.ts';
import { layerCurves } from './layer-curves.ts';
import { layerStability } from './layer-stability.ts';
import { layersWorst } from './layers-worst.ts';
import { letterAndContent } from './letter-and-content.ts';
import { letterAndWordAll, letterAndWordSelected } from './letter-and-word.ts';
import { meanVariance } from './mean-variance.ts';
import { modelsMean, modelsVariance } from './models.ts';
import { modelsMatrix } from './models-matrix.ts';
import { multiplierRanges } from './multiplier-ranges.ts';
import { nullsOverDatasets } from './nulls.ts';
import { oodHeatMaps } from './ood-heat-maps.ts';
import { personaPrompts } from './personas.ts';
import { precisionComparison } from './precision-comparison.ts';
import { predictorCorrelations } from './predictor-correlations.ts';
import { predictorsAgainstOutcome } from './predictors-against-outcome.ts';
import { promptingAgainstSteering } from './prompting.ts';
import { contrastPrompt, fullPrompts, settingPrompts } from './prompts.ts';
import { propensityCurves } from './propensity-curves.ts';
import { publishedAgainstOurs } from './published-against-ours.ts';
import { steerabilityAll, steerabilitySelected } from './steerability.ts';
import type { DrawStudy } from './study-figure.ts';
import { varianceAll, varianceSelected } from './variance.ts';

/** Every figure and table of a study, by the question it answers, in the order of the page. */
export const studyFigureGroups: readonly { id: string; question: string; figures: readonly DrawStudy[] }[] = [
  {
    id: 'steers',
    question: 'How far does each vector steer, and does every item follow?',
    figures: [
      ...[steerabilitySelected, nullsOverDatasets, propensityCurves, itemNoise, backwardsItems],
      ...[antiSteerableRelations, steerabilityAll],
    ],
  },
  {
    id: 'bias',
    question: 'Is it the content that steers, or the letter and the word?',
    figures: [...[varianceSelected, letterAndContent, letterAndWordSelected, varianceAll, letterAndWordAll]],
  },
  {
    id: 'prompts',
    question: 'Does it survive another prompt?',
    figures: [
      idOodMean,
      oodHeatMaps,
      promptingAgainstSteering,
      relativeByGap,
      cosineByGap,
      idOodVariance,
      meanVariance,
    ],
  },
  {
    id: 'models',
    question: 'Does it belong to the behaviour or to the model?',
    figures: [modelsMean, modelsMatrix, modelsVariance, precisionComparison],
  },
  {
    id: 'layers',
    question: 'At which layer, and over which multipliers?',
    figures: [layerCurves, layerStability, layersWorst, multiplierRanges],
  },
  {
    id: 'predictors',
    question: 'Could one have known before steering?',
    figures: [predictorCorrelations, predictorsAgainstOutcome],
  },
  { id: 'damage', question: 'What does it cost?', figures: [damageAgainstEffect, equalDamage] },
  {
    id: 'text',
    question: 'Does the model write what its log-probabilities say?',
    figures: [generationByItem, generationOverDatasets],
  },
  { id: 'published', question: 'Does it agree with the paper?', figures: [publishedAgainstOurs] },
  {
    id: 'shown',
    question: 'What was the model shown?',
    figures: [contrastPrompt, fullPrompts, settingPrompts, personaPrompts],
  },
];
