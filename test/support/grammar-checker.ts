import koffi from 'koffi';
import { LlamaModel } from '../../src/llama/model.ts';
import { loadNative } from '../../src/llama/native.ts';

/** Whether llama.cpp's grammar sampler lets a text be written to its end, byte token by byte token. */
export interface GrammarChecker {
  accepts(grammar: string, text: string): boolean;
  dispose(): void;
}

/** A checker on a model whose token b is byte b. `end` is a token that ends a generation. */
export function grammarChecker(path: string, end: number): GrammarChecker {
  const { functions } = loadNative({ gpu: false });
  const model = new LlamaModel(functions, path, 0);
  const candidate = koffi.alloc('llama_token_data', 1);
  return {
    accepts(grammar, text) {
      const sampler = functions.llama_sampler_init_grammar(model.vocab, grammar, 'root');
      if (sampler === null) throw new Error(`llama.cpp cannot parse the grammar:\n${grammar}`);
      const allows = (token: number) => {
        koffi.encode(candidate, 'llama_token_data', { id: token, logit: 1, p: 0 });
        const array = { data: candidate, size: 1, selected: -1, sorted: false };
        functions.llama_sampler_apply(sampler, array);
        return koffi.decode(candidate, 'llama_token_data').logit !== Number.NEGATIVE_INFINITY;
      };
      try {
        for (const byte of new TextEncoder().encode(text)) {
          if (!allows(byte)) return false;
          functions.llama_sampler_accept(sampler, byte);
        }
        return allows(end);
      } finally {
        functions.llama_sampler_free(sampler);
      }
    },
    dispose() {
      koffi.free(candidate);
      model.dispose();
    },
  };
}
