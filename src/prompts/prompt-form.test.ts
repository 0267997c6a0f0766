import { describe, expect, it } from 'vitest';
import { createPromptRenderer, type TemplateFacts } from './chat-template.ts';
import { joinTexts } from './join-texts.ts';
import { publishedRenderer } from './prompt-form.ts';

const system = 'You are a helpful, honest and concise assistant.';
const item = { prompt: 'Q?\n\nChoices:\n(A):  Yes\n(B):  No', positive: '(A)', negative: '(B)' };

/** The full text as the published runs wrote it, from PAPER's description of each family. */
const published: [string, string, string][] = [
  [
    'Llama-2',
    `{{ '[INST] <<SYS>>' + messages[0].content + messages[1].content }}`,
    `[INST] <<SYS>>\n${system}\n<</SYS>>\n\n${item.prompt} [/INST] (A)`,
  ],
  [
    'Qwen',
    `{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}<|im_start|>assistant\n`,
    `<|im_start|>system\n${system}<|im_end|>\n<|im_start|>user\n${item.prompt}<|im_end|>\n<|im_start|>assistant (A)`,
  ],
  [
    'Gemma',
    `{% for m in messages %}{{ '<start_of_turn>' + m.content }}{% endfor %}`,
    `<start_of_turn>user\n${system}\n\n${item.prompt}<end_of_turn>\n<start_of_turn>model (A)`,
  ],
  [
    'Llama-3',
    `{% for m in messages %}{{ '<|start_header_id|>' + m.content }}{% endfor %}`,
    `<|start_header_id|>system<|end_header_id|>\n\n${system}<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n${item.prompt}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n(A)`,
  ],
];

describe('publishedRenderer', () => {
  it.each(published)('writes the text of %s as the published runs did', (_family, chatTemplate, text) => {
    const facts: TemplateFacts = { chatTemplate, startToken: '<s>', endToken: '</s>', addsStartToken: true };
    const renderer = publishedRenderer(facts, system, createPromptRenderer(facts, system));
    const joined = joinTexts(renderer, item, 'multiple-choice', ' ');
    expect(joined.prompt + joined.positive).toBe(text);
    expect(renderer.writesSpecials).toBe(false);
  });

  it('strips the own template of any other family, and says so', () => {
    const facts: TemplateFacts = {
      chatTemplate: `{% for m in messages %}[{{ m.content }}]{% endfor %}\n`,
      startToken: null,
      endToken: null,
      addsStartToken: false,
    };
    const renderer = publishedRenderer(facts, null, createPromptRenderer(facts, null));
    expect(renderer.render('Tea?')).toBe('[Tea?]');
    expect(renderer.notes.join(' ')).toMatch(/no prompt for this family/);
  });
});
