"""The same sweep as fast as PyTorch was made to do it here, float32.

One pass through the blocks an item. The tokens that all items begin with are cached once. In each block
the item's own prompt and all its branches share one matrix product; a branch (layer, multiplier) is born
at its layer from the unsteered row, so blocks before it are not computed again; branches read the
prompt's keys without a copy of them; of the logits only the two letters' are computed. Multiplier 0 is
the unsteered row itself.

extract: one pass a pair, both letters behind one prompt, hidden from each other.
"""

import numpy as np
import torch
import torch.nn.functional as F

import reference_algorithm
from common import arguments, layers_from, multipliers_from, prepare, report, steering_vectors, timed

CHECK_LIMIT = 1e-3


def main():
    parser = arguments(__doc__)
    parser.add_argument("--whole-branches", action="store_true", help="run every branch through all blocks, to see what late birth saves")
    parser.add_argument("--check", action="store_true", help="compare the first item with reference_algorithm.py at three layers")
    args = parser.parse_args()
    file, cases = prepare(args)
    llama = ExpertLlama(file)
    ordered = list(cases.values())
    if args.mode == "extract":
        prefix = llama.prefill(shared_start(ordered))
        llama.pair_difference(prefix, ordered[0])  # warm up
        differences, seconds = timed(lambda case: llama.pair_difference(prefix, case), cases)
        vectors = torch.stack(differences).mean(0)
        if args.vectors:
            np.save(args.vectors, vectors.float().numpy())
        return report(args, "expert", cases, seconds, norms=vectors.norm(dim=1).tolist())

    layers, multipliers = layers_from(args, llama.depth), multipliers_from(args)
    vectors = steering_vectors(file, args, llama.extract)
    prefix = llama.prefill(shared_start(ordered))
    sweep = lambda case: llama.sweep(prefix, case, layers, multipliers, vectors, args.start, args.whole_branches)
    sweep(ordered[0])  # warm up
    propensities, seconds = timed(sweep, cases)
    values = {"layers": layers, "multipliers": multipliers, "propensities": propensities}
    if args.check:
        values["check"] = check(file, ordered[0], propensities[0], layers, multipliers, vectors, args.start)
    report(args, "expert", cases, seconds, **values)
    if args.check and values["check"] > CHECK_LIMIT:
        raise SystemExit(f"the reference differs by {values['check']:.2g}; not below {CHECK_LIMIT}")


def check(file, case, found, layers, multipliers, vectors, start):
    """Largest difference from the published algorithm at the first, middle and last layer of the sweep."""
    chosen = sorted({0, len(layers) // 2, len(layers) - 1})
    expected = reference_algorithm.sweep(file.model(), case, [layers[i] for i in chosen], multipliers, vectors, start)
    return float(np.abs(np.array([found[i] for i in chosen]) - np.array(expected)).max())


def shared_start(cases):
    """The tokens all prompts begin with, short of any prompt's last token."""
    prompts = [ids[: start - 1] for case in cases for ids, start in case.sequences]
    length = 0
    while length < min(map(len, prompts)) and len({ids[length] for ids in prompts}) == 1:
        length += 1
    return prompts[0][:length]


class ExpertLlama:
    """Fused weights: q, k, v in one matrix, gate and up in one, each with its norm's weight folded in."""

    def __init__(self, file):
        config, w = file.config(), file.weights()
        self.depth, self.width, self.eps = config.num_hidden_layers, config.hidden_size, config.rms_norm_eps
        self.heads, self.kv_heads = config.num_attention_heads, config.num_key_value_heads
        self.group, self.head_dim = self.heads // self.kv_heads, self.width // self.heads
        self.embedding = w["model.embed_tokens.weight"]
        self.output = w["lm_head.weight"]
        self.final_norm = w["model.norm.weight"]
        self.blocks = []
        for layer in range(self.depth):
            get = lambda name: w[f"model.layers.{layer}.{name}.weight"]
            qkv = torch.cat([get(f"self_attn.{name}_proj") for name in "qkv"])
            gate_up = torch.cat([get("mlp.gate_proj"), get("mlp.up_proj")])
            self.blocks.append((
                qkv * get("input_layernorm"),
                get("self_attn.o_proj"),
                gate_up * get("post_attention_layernorm"),
                get("mlp.down_proj"),
            ))
        half = torch.arange(0, self.head_dim, 2, dtype=torch.float32) / self.head_dim
        angle = torch.arange(4096, dtype=torch.float32)[:, None] / config.rope_theta**half
        self.cos, self.sin = torch.cos(angle)[:, None], torch.sin(angle)[:, None]

    @torch.inference_mode()
    def prefill(self, ids):
        """Keys and values of the shared start, by block; each kv heads x tokens x head width."""
        prefix = self.no_prefix()
        if not ids:
            return prefix
        h = self.embedding[torch.tensor(ids)]
        positions = torch.arange(len(ids))
        mask = torch.ones(len(ids), len(ids), dtype=torch.bool).tril()
        cache = []
        for block, past in zip(self.blocks, prefix):
            q, k, v = self.project(block, h, positions)
            keys, values = self.append(past, k, v)
            cache.append((keys, values))
            self.finish(block, h, self.attend(q, keys, values, mask))
        return cache

    @torch.inference_mode()
    def sweep(self, prefix, case, layers, multipliers, vectors, start_name, whole_branches):
        """Propensities, layer x multiplier."""
        (ids, start), (other, _) = case.sequences
        cached = prefix[0][0].shape[1]
        own = ids[cached : start + 1]  # the rest of the prompt, and "("
        tail = 2 if start_name == "last-prompt-token" else 1  # steered tokens: a branch is this long
        scales = torch.tensor([m for m in multipliers if m != 0])[:, None, None]
        per_layer = len(scales)
        branches = per_layer * len(layers)
        order = {layer: i for i, layer in enumerate(sorted(layers))}

        length = len(own)
        positions = torch.arange(cached, cached + length)
        positions = torch.cat((positions, positions[-tail:].repeat(branches)))
        mask = torch.cat((torch.ones(length, cached, dtype=torch.bool), torch.ones(length, length, dtype=torch.bool).tril()), 1)

        h = torch.empty(length + branches * tail, self.width)
        h[:length] = self.embedding[torch.tensor(own)]
        live = 0
        if whole_branches:
            h[length:] = h[length - tail : length].repeat(branches, 1)
            live = branches
        for layer, (block, past) in enumerate(zip(self.blocks, prefix)):
            rows = length + live * tail
            x = h[:rows]
            q, k, v = self.project(block, x, positions[:rows])
            keys, values = self.append(past, k[:length], v[:length])
            mixed = self.attend(q[:length], keys, values, mask)
            if live:
                before = keys.shape[1] - tail
                branch = self.attend_branches(q[length:], k[length:], v[length:], keys[:, :before], values[:, :before], tail)
                mixed = torch.cat((mixed, branch))
            self.finish(block, x, mixed)
            if layer in order:
                first = length + order[layer] * per_layer * tail
                born = h[first : first + per_layer * tail].view(per_layer, tail, self.width)
                steered = scales * vectors[layer]
                if whole_branches:
                    born += steered
                else:
                    torch.add(h[length - tail : length], steered, out=born)
                    live += per_layer

        last = torch.cat((h[length - 1 : length], h[length + tail - 1 :: tail]))
        letters = self.output[torch.tensor([ids[start + 1], other[start + 1]])]
        logits = F.rms_norm(last, (self.width,), self.final_norm, self.eps) @ letters.T
        scores = (logits[:, 0] - logits[:, 1]).tolist()
        result = []
        for layer in layers:
            steered = iter(scores[1 + order[layer] * per_layer :][:per_layer])
            result.append([scores[0] if m == 0 else next(steered) for m in multipliers])
        return result

    def extract(self, cases):
        """Mean differences at the answer letter, layers x width."""
        prefix = self.prefill(shared_start(cases))
        return torch.stack([self.pair_difference(prefix, case) for case in cases]).mean(0).float()

    @torch.inference_mode()
    def pair_difference(self, prefix, case):
        """Positive minus negative at the answer letter, layers x width, float64."""
        (ids, start), (other, _) = case.sequences
        cached = prefix[0][0].shape[1]
        own = [*ids[cached : start + 2], other[start + 1]]
        length = len(own)
        positions = torch.arange(cached, cached + length)
        positions[-1] -= 1
        mask = torch.ones(length, cached + length, dtype=torch.bool).tril(cached)
        mask[-1, -2] = False
        h = self.embedding[torch.tensor(own)]
        differences = []
        for block, past in zip(self.blocks, prefix):
            q, k, v = self.project(block, h, positions)
            self.finish(block, h, self.attend(q, *self.append(past, k, v), mask))
            differences.append(h[-2].double() - h[-1].double())
        return torch.stack(differences)

    def no_prefix(self):
        empty = torch.empty(self.kv_heads, 0, self.head_dim)
        return [(empty, empty)] * self.depth

    def append(self, past, k, v):
        return torch.cat((past[0], k.transpose(0, 1)), 1), torch.cat((past[1], v.transpose(0, 1)), 1)

    def project(self, block, x, positions):
        """q, k, v of every row: rows x heads x head width, q and k turned to their positions."""
        qkv = F.linear(F.rms_norm(x, (self.width,), eps=self.eps), block[0]).view(len(x), -1, self.head_dim)
        turned, v = qkv.split((self.heads + self.kv_heads, self.kv_heads), 1)
        cos, sin = self.cos[positions], self.sin[positions]
        a, b = turned.chunk(2, -1)
        turned = torch.cat((a * cos - b * sin, b * cos + a * sin), -1)
        q, k = turned.split((self.heads, self.kv_heads), 1)
        return q, k, v

    def attend(self, q, keys, values, mask):
        """Plain attention of one sequence; rows x width."""
        mixed = F.scaled_dot_product_attention(q.transpose(0, 1)[None], keys[None], values[None], mask, enable_gqa=True)
        return mixed[0].transpose(0, 1).reshape(len(q), self.width)

    def attend_branches(self, q, k, v, keys, values, tail):
        """Each branch reads the prompt's keys, shared by all, and its own `tail` tokens causally."""
        rows, shared = len(q), keys.shape[1]
        q = q.view(rows, self.kv_heads, self.group, self.head_dim) * self.head_dim**-0.5
        flat = q.transpose(0, 1).reshape(self.kv_heads, rows * self.group, self.head_dim)
        scores = torch.empty(self.kv_heads, rows * self.group, shared + tail)
        scores[..., :shared] = flat @ keys.transpose(1, 2)

        own_q = flat.view(self.kv_heads, -1, tail * self.group, self.head_dim)
        own_k, own_v = (one.transpose(0, 1).reshape(self.kv_heads, -1, tail, self.head_dim) for one in (k, v))
        own = scores[..., shared:].view(self.kv_heads, -1, tail, self.group, tail)
        own.copy_((own_q @ own_k.transpose(2, 3)).view_as(own))
        for token in range(tail - 1):
            own[:, :, token, :, token + 1 :] = -torch.inf

        weights = scores.softmax(-1)
        mixed = weights[..., :shared] @ values
        own_weights = weights[..., shared:].reshape(self.kv_heads, -1, tail * self.group, tail)
        mixed += (own_weights @ own_v).view_as(mixed)
        return mixed.view(self.kv_heads, rows, self.group, self.head_dim).transpose(0, 1).reshape(rows, self.width)

    def finish(self, block, x, mixed):
        """The rest of the block, added to x in place."""
        x += F.linear(mixed, block[1])
        gate, up = F.linear(F.rms_norm(x, (self.width,), eps=self.eps), block[2]).chunk(2, -1)
        x += F.linear(F.silu(gate) * up, block[3])


if __name__ == "__main__":
    main()
