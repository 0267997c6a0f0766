import koffi from 'koffi';
import { SteerbenchError } from '../errors.ts';
import type { LlamaFunctions, Pointer } from './functions.ts';
import { evalCallback, tensorHead } from './structs.ts';

/** How a context is made. */
export interface ContextOptions {
  contextTokens: number;
  batchRows: number;
  sequences: number;
  threads: number;
  kvCache: 'f32' | 'f16';
  /** Whether all sequences share one cache, so that rows stay in batch order and prefixes can be shared. */
  unified: boolean;
  /** Rows are given as vectors of this width, in place of tokens. Default 0: tokens. */
  embeddingWidth?: number;
}

/** One row of a decode. */
export interface Row {
  /** Ignored by a context of vectors. */
  token: number;
  /** The row itself, for a context of vectors: Float32Array, width. */
  embedding?: Float32Array;
  position: number;
  sequences: number[];
  output: boolean;
}

/** What the graph shows while it is computed. Tensors are handles, to be used during the call only. */
export interface GraphHook {
  /** Whether the data of the tensor of this name are wanted. */
  asks(name: string): boolean;
  /** Reads or changes the tensor; false ends the computation there. */
  visits(name: string, tensor: TensorAccess): boolean;
}

/** Read and write access to a float32 tensor during a hook. */
export interface TensorAccess {
  /** Extents, fastest first. */
  shape: number[];
  /** Copies `target.length` values, from the first value of row `row` on. */
  readRows(row: number, target: Float32Array): void;
  writeRows(row: number, source: Float32Array): void;
}

const ggmlTypeF32 = 0;
const ggmlTypeF16 = 1;
const flashAttentionOff = 0;

/**
 * A llama.cpp context with its batch and its graph hook: the only place where pointers are handled.
 *
 * @throws SteerbenchError `out-of-memory` when llama.cpp cannot make the context
 */
export class LlamaContext {
  readonly contextTokens: number;
  readonly #f: LlamaFunctions;
  readonly #context: Pointer;
  readonly #memory: Pointer;
  readonly #batch: Record<string, Pointer>;
  readonly #callback: bigint;
  readonly #vocabulary: number;
  /** Tokens of the batch, or its vectors: exactly one of the two is there. */
  readonly #tokens: Int32Array | null;
  readonly #embeddings: Float32Array | null;
  readonly #positions: Int32Array;
  readonly #counts: Int32Array;
  readonly #outputs: Int8Array;
  readonly #sequences: Int32Array[];
  #hook: GraphHook | null = null;
  #failure: unknown = null;
  #stopped = false;
  #asksAfterStop = 0;

  constructor(functions: LlamaFunctions, model: Pointer, vocabulary: number, options: ContextOptions) {
    this.#f = functions;
    this.#vocabulary = vocabulary;
    this.#callback = koffi.register(
      (tensor: Pointer, ask: boolean) => this.#visit(tensor, ask),
      koffi.pointer(evalCallback),
    );
    const params = functions.llama_context_default_params() as Record<string, unknown>;
    const type = options.kvCache === 'f16' ? ggmlTypeF16 : ggmlTypeF32;
    const context = functions.llama_init_from_model(model, {
      ...params,
      n_ctx: options.contextTokens,
      n_batch: options.batchRows,
      n_ubatch: options.batchRows,
      n_seq_max: options.sequences,
      // llama.cpp wants room for one output a sequence, however few rows a batch has.
      n_outputs_max: Math.max(options.batchRows, options.sequences),
      n_outputs_max_per_seq: options.batchRows,
      n_threads: options.threads,
      n_threads_batch: options.threads,
      flash_attn_type: flashAttentionOff,
      type_k: type,
      type_v: type,
      cb_eval: this.#callback,
      kv_unified: options.unified,
      no_perf: true,
    });
    if (context === null) {
      throw new SteerbenchError(
        'out-of-memory',
        `llama.cpp could not make a context of ${options.contextTokens} tokens`,
        {
          remedy: 'give a smaller --context, or --kv-cache f16',
        },
      );
    }
    this.#context = context;
    this.contextTokens = functions.llama_n_ctx(context);
    this.#memory = functions.llama_get_memory(context);
    const embeddingWidth = options.embeddingWidth ?? 0;
    const { batchRows, sequences } = options;
    this.#batch = functions.llama_batch_init(batchRows, embeddingWidth, sequences) as Record<string, Pointer>;
    const ints = (pointer: Pointer, count: number) => new Int32Array(koffi.view(pointer, count * 4));
    this.#tokens = embeddingWidth === 0 ? ints(this.#batch['token'], batchRows) : null;
    this.#embeddings =
      embeddingWidth === 0
        ? null
        : new Float32Array(koffi.view(this.#batch['embd'], batchRows * embeddingWidth * 4));
    this.#positions = ints(this.#batch['pos'], options.batchRows);
    this.#counts = ints(this.#batch['n_seq_id'], options.batchRows);
    this.#outputs = new Int8Array(koffi.view(this.#batch['logits'], options.batchRows));
    const lists = koffi.decode(this.#batch['seq_id'], koffi.array('void *', options.batchRows)) as Pointer[];
    this.#sequences = lists.map((pointer) => ints(pointer, options.sequences));
  }

  /** Forgets all sequences. */
  clear(): void {
    this.#f.llama_memory_clear(this.#memory, false);
  }

  /** Forgets all sequences and zeroes the cache: a NaN that stays in it would reach later rows, masked or not. */
  scrub(): void {
    this.#f.llama_memory_clear(this.#memory, true);
  }

  /** Forgets a sequence; false when the model cannot. */
  remove(sequence: number): boolean {
    return this.#f.llama_memory_seq_rm(this.#memory, sequence, -1, -1) as boolean;
  }

  /** Lets sequence `to` share the first `length` tokens of `from`. */
  copy(from: number, to: number, length: number): void {
    this.#f.llama_memory_seq_cp(this.#memory, from, to, 0, length);
  }

  /** Forgets what a sequence holds from `position` on; false when the model cannot. */
  removeFrom(sequence: number, position: number): boolean {
    return this.#f.llama_memory_seq_rm(this.#memory, sequence, position, -1) as boolean;
  }

  /**
   * Gives sequence `to` a copy of everything that `from` holds, in a cache that is not unified: the buffers are copied
   * whole, before the next decode.
   */
  copyWhole(from: number, to: number): void {
    this.#f.llama_memory_seq_cp(this.#memory, from, to, -1, -1);
  }

  /**
   * Decodes rows, showing the graph to `hook`.
   *
   * @returns whether anything was computed after the hook ended the computation: then several graphs run one after the
   * other and ending one does not end the others
   * @throws SteerbenchError `engine-crashed` when llama.cpp refuses the batch; whatever the hook throws
   */
  decode(rows: Row[], hook: GraphHook | null): { ranAfterStop: boolean } {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (this.#tokens !== null) this.#tokens[i] = row.token;
      else this.#embeddings!.set(row.embedding!, i * row.embedding!.length);
      this.#positions[i] = row.position;
      this.#counts[i] = row.sequences.length;
      this.#sequences[i]!.set(row.sequences);
      this.#outputs[i] = row.output ? 1 : 0;
    }
    this.#hook = hook;
    this.#failure = null;
    this.#stopped = false;
    this.#asksAfterStop = 0;
    const status = this.#f.llama_decode(this.#context, { ...this.#batch, n_tokens: rows.length }) as number;
    this.#hook = null;
    if (this.#failure !== null) throw this.#failure;
    if (status !== 0) {
      throw new SteerbenchError(
        'engine-crashed',
        `llama.cpp could not decode a batch of ${rows.length} rows (status ${status})`,
        {
          remedy: 'run again with --verbose to see its log',
        },
      );
    }
    return { ranAfterStop: this.#asksAfterStop > 0 };
  }

  /** Logits of row `index` of the last decode, a view that the next decode overwrites. Float32Array, vocabulary. */
  logits(index: number): Float32Array {
    const pointer = this.#f.llama_get_logits_ith(this.#context, index) as Pointer;
    return new Float32Array(koffi.view(pointer, this.#vocabulary * 4));
  }

  /** The token that a chain of samplers takes from row `index` of the last decode; the chain is told of it. */
  sample(chain: Pointer, index: number): number {
    return this.#f.llama_sampler_sample(chain, this.#context, index) as number;
  }

  /** Uses LoRA adapters in every decode from now on, each with its scale. */
  setAdapters(adapters: { pointer: Pointer; scale: number }[]): void {
    if (adapters.length === 0) return;
    const scales = Float32Array.from(adapters, ({ scale }) => scale);
    this.#f.llama_set_adapters_lora(
      this.#context,
      adapters.map(({ pointer }) => pointer),
      adapters.length,
      scales,
    );
  }

  /**
   * Sets llama.cpp's own control vector, for comparison: rows of blocks 1 to blocks − 1, one after the other; null
   * removes it.
   */
  setControlVector(data: Float32Array | null, width: number, lastBlock: number): number {
    return this.#f.llama_set_adapter_cvec(
      this.#context,
      data,
      data?.length ?? 0,
      width,
      1,
      lastBlock,
    ) as number;
  }

  /** Frees native memory. */
  dispose(): void {
    this.#f.llama_batch_free(this.#batch);
    this.#f.llama_free(this.#context);
    koffi.unregister(this.#callback);
  }

  /** An exception must not cross native frames: it is kept, the graph is stopped, and `decode` throws it. */
  #visit(tensor: Pointer, ask: boolean): boolean {
    if (this.#hook === null) return false;
    if (this.#stopped) {
      this.#asksAfterStop++;
      return false;
    }
    try {
      const name = this.#f.ggml_get_name(tensor) as string;
      if (ask) return this.#hook.asks(name);
      const goOn = this.#hook.visits(name, this.#access(tensor));
      this.#stopped = !goOn;
      return goOn;
    } catch (error) {
      this.#failure = error;
      this.#stopped = true;
      return false;
    }
  }

  #access(tensor: Pointer): TensorAccess {
    const head = koffi.decode(tensor, tensorHead) as { type: number; ne: unknown[]; nb: unknown[] };
    const shape = Array.from(head.ne, Number);
    const rowBytes = Number(head.nb[1]);
    if (head.type !== ggmlTypeF32) throw new RangeError(`a tensor of type ${head.type} is not float32`);
    return {
      shape,
      readRows: (row, target) =>
        this.#f.ggml_backend_tensor_get(tensor, target, row * rowBytes, target.byteLength),
      writeRows: (row, source) =>
        this.#f.ggml_backend_tensor_set(tensor, source, row * rowBytes, source.byteLength),
    };
  }
}
