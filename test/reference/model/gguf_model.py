"""A llama-architecture GGUF as a float32 transformers model, with its tokenizer and chat template.

Everything comes from the file itself. transformers' own GGUF loader gives equal weights, but its
tokenizer puts a second start token before every prompt unless told not to.
"""

import hashlib

import numpy as np
import torch
from gguf import GGUFReader, dequantize
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM

CONTROL_TOKEN = 3
USER_DEFINED_TOKEN = 4

NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


class GgufFile:
    """The metadata, the dequantised tensors and the text side of one GGUF file."""

    def __init__(self, path):
        self.path = path
        self.reader = GGUFReader(path)
        if self.field("general.architecture") != "llama":
            raise ValueError(f"unsupported architecture; not llama: {self.field('general.architecture')}")
        self.tokenizer = self._tokenizer()
        self.special = {
            f"{kind}_token": self.tokenizer.id_to_token(self.field(f"tokenizer.ggml.{kind}_token_id"))
            for kind in ("bos", "eos")
        }
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        self.template = environment.from_string(self.field("tokenizer.chat_template"))

    def field(self, name, default=None):
        found = self.reader.fields.get(name)
        return default if found is None else found.contents()

    def sha256(self):
        with open(self.path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def config(self):
        heads = self.field("llama.attention.head_count")
        return LlamaConfig(
            vocab_size=len(self.field("tokenizer.ggml.tokens")),
            hidden_size=self.field("llama.embedding_length"),
            intermediate_size=self.field("llama.feed_forward_length"),
            num_hidden_layers=self.field("llama.block_count"),
            num_attention_heads=heads,
            num_key_value_heads=self.field("llama.attention.head_count_kv", heads),
            max_position_embeddings=self.field("llama.context_length"),
            rms_norm_eps=self.field("llama.attention.layer_norm_rms_epsilon"),
            rope_theta=self.field("llama.rope.freq_base", 10000.0),
            tie_word_embeddings=not any(t.name == "output.weight" for t in self.reader.tensors),
            attn_implementation="eager",
        )

    def weights(self):
        """Tensors by transformers' names, float32."""
        config = self.config()
        state = {}
        for tensor in self.reader.tensors:
            values = torch.from_numpy(np.array(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32))
            parts = tensor.name.split(".")
            if parts[0] == "blk":
                if parts[2] == "attn_q":
                    values = unpermute(values, config.num_attention_heads)
                elif parts[2] == "attn_k":
                    values = unpermute(values, config.num_key_value_heads)
                state[f"model.layers.{parts[1]}.{NAMES[parts[2]]}.weight"] = values
            elif tensor.name == "token_embd.weight":
                state["model.embed_tokens.weight"] = values
            elif tensor.name == "output_norm.weight":
                state["model.norm.weight"] = values
            elif tensor.name == "output.weight":
                state["lm_head.weight"] = values
            else:
                raise ValueError(f"unknown tensor: {tensor.name}")
        if config.tie_word_embeddings:
            state["lm_head.weight"] = state["model.embed_tokens.weight"]
        return state

    def model(self):
        model = LlamaForCausalLM(self.config())
        model.load_state_dict(self.weights(), strict=True)
        return model.float().eval()

    def _tokenizer(self):
        if self.field("tokenizer.ggml.model") != "gpt2" or self.field("tokenizer.ggml.pre") != "smollm":
            raise ValueError("unsupported tokenizer; not gpt2 with the smollm pre-tokenizer")
        tokens = self.field("tokenizer.ggml.tokens")
        merges = [tuple(merge.split(" ")) for merge in self.field("tokenizer.ggml.merges")]
        tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ])
        tokenizer.decoder = decoders.ByteLevel()
        for token, kind in zip(tokens, self.field("tokenizer.ggml.token_type")):
            if kind in (CONTROL_TOKEN, USER_DEFINED_TOKEN):
                tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False)])
        if tokenizer.get_vocab_size() != len(tokens):
            raise ValueError("adding the special tokens changed the vocabulary")
        return tokenizer

    def encode(self, text):
        """Token ids; special tokens in the text are parsed, none is added."""
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def chat_prompt(self, system, user):
        """The file's chat template with the assistant header left open."""
        return self.template.render(
            messages=[{"role": "system", "content": system}, {"role": "user", "content": user}],
            add_generation_prompt=True,
            **self.special,
        )


def unpermute(weight, heads):
    """Undo llama.cpp's reordering of q and k rows, from pairs (2i, 2i+1) to halves (i, i + d/2)."""
    rows, columns = weight.shape
    half = rows // heads // 2
    return weight.reshape(heads, half, 2, columns).transpose(1, 2).reshape(rows, columns).contiguous()
