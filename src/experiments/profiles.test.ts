import { describe, expect, it } from 'vitest';
import { choiceNames, choices, profileOptions } from './profiles.ts';
import { defaultRunOptions } from './run-options.ts';

describe('profileOptions', () => {
  it('gives, for the corrected profile, the defaults of a run', () => {
    expect(defaultRunOptions).toMatchObject(profileOptions('corrected', []));
  });

  it('gives the published runs for the paper profile', () => {
    expect(profileOptions('paper', [])).toEqual({
      profile: 'paper',
      train: '0%:50%',
      validation: 'none',
      test: '50%:100%',
      stratify: false,
      leak: 'published',
      promptForm: 'published',
      answerPrefix: 'space',
      propensity: 'answer-logits',
      start: 'last-prompt-token',
      orders: 'given',
      multiOption: 'keep',
      personaPrompts: 'published',
      selfPairs: 'include',
      relative: 'published',
    });
  });

  it('overrides single choices, the last one counting', () => {
    const options = profileOptions('paper', ['propensity=logprob', 'start=all', 'start=first-answer-token']);
    expect(options).toMatchObject({ propensity: 'logprob', start: 'first-answer-token', leak: 'published' });
  });

  it.each([
    ['speed=fast', /no choice is called "speed": one of split, /],
    ['start=never', /"start" is one of last-prompt-token, first-answer-token, all: "never"/],
    ['start', /"start" is one of .*: ""/],
  ])('refuses %s', (setting, message) => {
    expect(() => profileOptions('corrected', [setting])).toThrow(message);
  });

  it('takes from every profile a value that may be chosen', () => {
    for (const name of choiceNames) {
      const { values, corrected, paper } = choices[name];
      expect(Object.keys(values)).toEqual(expect.arrayContaining([corrected, paper]));
    }
  });
});
