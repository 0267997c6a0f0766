import type { Result } from '../result/schema.ts';

/** Name of a prompt setting, as in the paper. */
export type SettingName = Result['settings'][number]['name'];

/** What each prompt setting is, a few words. */
export const settingWords: Record<SettingName, string> = {
  BASE: 'the default prompt',
  SYS_POS: 'the system message asks for the positive side',
  SYS_NEG: 'the system message asks for the negative side',
  USER_POS: 'a sentence before the question asks for the positive side',
  USER_NEG: 'a sentence before the question asks for the negative side',
};

/** What the names of the settings stand for, one sentence for notes of figures. */
export const settingsSaid =
  'BASE is the default prompt; SYS replaces its system message, USER puts a sentence before the question; POS and NEG ask for the positive and for the negative side.';
