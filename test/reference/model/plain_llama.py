"""The forward pass written out, in any precision; transformers keeps softmax, norms and rotary angles
in float32 whatever the weights are, so it cannot show its own rounding noise."""

import torch
import torch.nn.functional as F


class PlainLlama:
    def __init__(self, file, dtype=torch.float64):
        self.config = file.config()
        self.weights = {name: weight.to(dtype) for name, weight in file.weights().items()}
        self.dtype = dtype

    @torch.inference_mode()
    def forward(self, ids, edit=None):
        """Logits, tokens x vocabulary. `edit(layer, h)` may read and replace each block's output."""
        config, w = self.config, self.weights
        head_dim = config.hidden_size // config.num_attention_heads
        group = config.num_attention_heads // config.num_key_value_heads
        length = len(ids)
        frequency = config.rope_theta ** (-torch.arange(0, head_dim, 2, dtype=self.dtype) / head_dim)
        angle = torch.arange(length, dtype=self.dtype)[:, None] * frequency
        cos, sin = torch.cos(angle), torch.sin(angle)
        future = torch.ones(length, length, dtype=torch.bool).triu(1)

        def norm(x, weight):
            return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + config.rms_norm_eps) * weight

        def heads(x, weight):
            return (x @ weight.T).view(length, -1, head_dim).transpose(0, 1)

        def rotate(x):
            a, b = x.chunk(2, dim=-1)
            return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)

        h = w["model.embed_tokens.weight"][torch.tensor(ids)]
        for layer in range(config.num_hidden_layers):
            at = f"model.layers.{layer}."
            x = norm(h, w[at + "input_layernorm.weight"])
            q = rotate(heads(x, w[at + "self_attn.q_proj.weight"]))
            k = rotate(heads(x, w[at + "self_attn.k_proj.weight"])).repeat_interleave(group, 0)
            v = heads(x, w[at + "self_attn.v_proj.weight"]).repeat_interleave(group, 0)
            scores = (q @ k.transpose(1, 2) / head_dim**0.5).masked_fill(future, -torch.inf)
            mixed = (scores.softmax(-1) @ v).transpose(0, 1).reshape(length, -1)
            h = h + mixed @ w[at + "self_attn.o_proj.weight"].T
            x = norm(h, w[at + "post_attention_layernorm.weight"])
            gate = F.silu(x @ w[at + "mlp.gate_proj.weight"].T)
            h = h + (gate * (x @ w[at + "mlp.up_proj.weight"].T)) @ w[at + "mlp.down_proj.weight"].T
            if edit is not None:
                h = edit(layer, h)
        return norm(h, w["model.norm.weight"]) @ w["lm_head.weight"].T
