import type { PromptRenderer, TemplateFacts } from './chat-template.ts';

/** How a prompt is rendered: by the model's own template, or as the code of the published runs wrote it. */
export type PromptForm = 'template' | 'published';

/** A prompt as the published runs wrote it for one family of models. */
interface PublishedForm {
  family: string;
  /** Text that the family's own template holds. */
  mark: RegExp;
  write(system: string | null, user: string): string;
  /** What stands between prompt and answer whatever the answer prefix; null leaves it to the prefix. */
  separator: string | null;
}

const forms: readonly PublishedForm[] = [
  {
    family: 'Llama-2',
    mark: /\[INST\][\s\S]*<<SYS>>|<<SYS>>[\s\S]*\[INST\]/,
    write: (system, user) =>
      system === null ? `[INST] ${user} [/INST]` : `[INST] <<SYS>>\n${system}\n<</SYS>>\n\n${user} [/INST]`,
    separator: null,
  },
  {
    family: 'ChatML (Qwen)',
    mark: /<\|im_start\|>/,
    write: (system, user) =>
      `${system === null ? '' : `<|im_start|>system\n${system}<|im_end|>\n`}<|im_start|>user\n${user}<|im_end|>\n<|im_start|>assistant`,
    separator: null,
  },
  {
    family: 'Gemma',
    mark: /<start_of_turn>/,
    write: (system, user) =>
      `<start_of_turn>user\n${system === null ? '' : `${system}\n\n`}${user}<end_of_turn>\n<start_of_turn>model`,
    separator: null,
  },
  {
    family: 'Llama-3',
    mark: /<\|start_header_id\|>/,
    write: (system, user) =>
      `${system === null ? '' : `<|start_header_id|>system<|end_header_id|>\n\n${system}<|eot_id|>`}<|start_header_id|>user<|end_header_id|>\n\n${user}<|eot_id|><|start_header_id|>assistant<|end_header_id|>`,
    separator: '\n\n',
  },
];

/**
 * Prompts as the published runs wrote them: fixed texts for each family, stripped at the end, so that Qwen and Gemma
 * lose the newline after the assistant's header. The tokenizer adds its own start token.
 *
 * A model of another family gets its own template, stripped likewise.
 *
 * Source: `dtch1997/repepo`, `core/format.py` and the branches gemma2-2b and far-cluster.
 *
 * @param own The renderer of the model's own template.
 * @example
 * publishedRenderer(facts, system, createPromptRenderer(facts, system)).render('Tea?'); // '...<|im_start|>assistant'
 */
export function publishedRenderer(
  facts: TemplateFacts,
  system: string | null,
  own: PromptRenderer,
): PromptRenderer {
  const form =
    facts.chatTemplate === null ? undefined : forms.find(({ mark }) => mark.test(facts.chatTemplate!));
  if (form === undefined) {
    return {
      ...own,
      render: (user) => own.render(user).trim(),
      separator: null,
      notes: [
        ...own.notes,
        'The published runs had no prompt for this family: its own template is used, stripped.',
      ],
    };
  }
  return {
    templated: true,
    writesSpecials: false,
    answerGap: ' ',
    separator: form.separator,
    render: (user) => form.write(system, user).trim(),
    notes: [`Prompts are those of the published runs for ${form.family}, stripped at the end.`],
  };
}
