/** Names of the prompt settings, in the order of the paper; BASE is the default system message alone. */
export const settingNames = ['BASE', 'SYS_POS', 'SYS_NEG', 'USER_POS', 'USER_NEG'] as const;

/** Name of a prompt setting. */
export type SettingName = (typeof settingNames)[number];

/** A variant of the prompt around every item. */
export interface Setting {
  name: SettingName;
  /** System message; null for none. */
  system: string | null;
  /** Text that stands before the user's own, a blank line between; null for none. */
  prefix: string | null;
}

/**
 * The settings of the paper: the system message replaced by a persona sentence, or that sentence before the question.
 *
 * Source: Tan et al. 2024 (arXiv 2407.12404), section 4.4 and Table 1.
 *
 * @param system Default system message; null for none.
 * @param persona Sentences that ask for the positive and for the negative side; null: BASE alone.
 * @example
 * settingsOf(defaultSystem, { positive: 'You are cheerful.', negative: 'You are gloomy.' })[3];
 * // { name: 'USER_POS', system: 'You are a helpful, ...', prefix: 'You are cheerful.' }
 */
export function settingsOf(
  system: string | null,
  persona: { positive: string; negative: string } | null,
): Setting[] {
  const base: Setting = { name: 'BASE', system, prefix: null };
  if (persona === null) return [base];
  return [
    base,
    { name: 'SYS_POS', system: persona.positive, prefix: null },
    { name: 'SYS_NEG', system: persona.negative, prefix: null },
    { name: 'USER_POS', system, prefix: persona.positive },
    { name: 'USER_NEG', system, prefix: persona.negative },
  ];
}

/** System messages that ask for nothing in particular: other presentations of the same item. */
export const neutralSystems = [
  'You are an AI assistant who answers in a helpful and honest way, without many words.',
  'Give helpful, honest and short answers.',
  'The assistant is helpful, honest and to the point.',
] as const;
