"""The networks of src/networks in plain PyTorch, as a user of PyTorch would write them: the sizes are given, the
layers are torch's own. Letters as in src/networks/dimensions.ts: B batch, L context, N agents, A action, S state,
O observation, H horizon.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

SIGMA_DATA = 0.5


def parameter(*shape, std=1.0):
    return nn.Parameter(torch.randn(*shape) * std)


class Attention(nn.Module):
    """Pre-norm multi-head attention with residual; without ``context`` it is self-attention."""

    def __init__(self, width, heads, head_width, context_width=None):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.norm_context = nn.LayerNorm(context_width) if context_width else None
        self.query = nn.Linear(width, heads * head_width, bias=False)
        self.key_value = nn.Linear(context_width or width, 2 * heads * head_width, bias=False)
        self.out = nn.Linear(heads * head_width, width)

    def forward(self, x, context=None, hidden=None):
        x_normed = self.norm(x)
        context = x_normed if context is None else self.norm_context(context)
        k, v = self.key_value(context).chunk(2, dim=-1)
        q, k, v = (split_heads(t, self.heads) for t in (self.query(x_normed), k, v))
        mixed = attend(q, k, v, None if hidden is None else hidden[:, None, None, :])
        return x + self.out(mixed)


def split_heads(x, heads):
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)  # [B, heads, T, width]


def attend(q, k, v, hidden=None, dropout=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if hidden is not None:
        scores = scores.masked_fill(hidden, float("-inf"))
    weights = scores.softmax(-1)
    if dropout is not None:
        weights = dropout(weights)
    return (weights @ v).transpose(1, 2).flatten(2)  # [B, T, heads * width]


class GEGLU(nn.Module):
    """Pre-norm gated feed-forward with residual."""

    def __init__(self, width, hidden):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 2 * hidden)
        self.contract = nn.Linear(hidden, width)

    def forward(self, x):
        a, b = self.expand(self.norm(x)).chunk(2, dim=-1)
        return x + self.contract(a * F.gelu(b))


class ActionTokens(nn.Module):
    """One token an action of the window, with embeddings of its agent and its time slot."""

    def __init__(self, dims, width):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(dims["action"], width), nn.SiLU(), nn.Linear(width, width))
        self.agent = parameter(dims["agents"], width)
        self.slot = parameter(dims["context"], width)

    def forward(self, actions):  # [B, L, N, A]
        return (self.mlp(actions) + self.slot[:, None] + self.agent).flatten(1, 2)  # [B, L*N, width]


class PooledActions(nn.Module):
    def __init__(self, dims, config, out):
        super().__init__()
        width = config["width"]
        self.tokens = ActionTokens(dims, width)
        self.value = nn.Linear(width, width)
        self.head = nn.Linear(width, out)

    def forward(self, actions, visible):
        values = F.silu(self.value(self.tokens(actions))) * visible.flatten(1)[..., None]
        return self.head(values.sum(1) / math.sqrt(values.shape[1]))


class Perceiver(nn.Module):
    def __init__(self, dims, config, out):
        super().__init__()
        width, hidden = config["width"], config["hidden"]
        self.tokens = ActionTokens(dims, config["tokenWidth"])
        self.latents = parameter(config["latents"], width)
        self.cross = Attention(width, 1, config["headWidth"], config["tokenWidth"])
        layers = [GEGLU(width, hidden)]
        for _ in range(config["layers"]):
            layers += [Attention(width, config["heads"], config["headWidth"]), GEGLU(width, hidden)]
        self.trunk = nn.Sequential(*layers)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, out)

    def forward(self, actions, visible):
        latents = self.latents.expand(actions.shape[0], -1, -1)
        x = self.cross(latents, self.tokens(actions), visible.flatten(1) == 0)
        return self.head(self.norm(self.trunk(x).mean(1)))


class AdaGN(nn.Module):
    def __init__(self, channels, conditioning):
        super().__init__()
        self.norm = nn.GroupNorm(max(1, channels // 32), channels, affine=False)
        self.modulation = nn.Linear(conditioning, 2 * channels)

    def forward(self, x, condition):
        scale, shift = self.modulation(condition)[..., None].chunk(2, dim=1)
        return self.norm(x) * (1 + scale) + shift


class ResidualBlock(nn.Module):
    def __init__(self, inputs, outputs, conditioning):
        super().__init__()
        self.norm1 = AdaGN(inputs, conditioning)
        self.conv1 = nn.Conv1d(inputs, outputs, 3, padding=1)
        self.norm2 = AdaGN(outputs, conditioning)
        self.conv2 = nn.Conv1d(outputs, outputs, 3, padding=1)
        self.project = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else nn.Identity()
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x, condition):
        h = self.conv1(F.silu(self.norm1(x, condition)))
        return self.project(x) + self.conv2(F.silu(self.norm2(h, condition)))


class UNet(nn.Module):
    """State entries are channels, time is the length: 4, 2, 1 and back."""

    def __init__(self, state, channels, blocks, conditioning):
        super().__init__()

        def stage(count, inputs):
            return nn.ModuleList(ResidualBlock(inputs, channels, conditioning) for _ in range(count))

        self.conv_in = nn.Conv1d(state, channels, 3, padding=1)
        self.down = nn.ModuleList(stage(blocks, channels) for _ in range(3))
        self.downsample = nn.ModuleList(nn.Conv1d(channels, channels, 3, stride=2, padding=1) for _ in range(2))
        self.middle = stage(2, channels)
        self.up = nn.ModuleList(stage(blocks + 1, 2 * channels) for _ in range(3))
        self.upsample = nn.ModuleList(
            nn.ConvTranspose1d(channels, channels, 4, stride=2, padding=1) for _ in range(2)
        )
        self.out = nn.Sequential(
            nn.GroupNorm(max(1, channels // 32), channels),
            nn.SiLU(),
            nn.Conv1d(channels, state, 3, padding=1),
        )
        nn.init.zeros_(self.out[-1].weight)

    def forward(self, x, condition):  # [B, S, 4]
        h = self.conv_in(x)
        skips = []
        for i, blocks in enumerate(self.down):
            if i > 0:
                h = self.downsample[i - 1](h)
            skips.append(h)
            for block in blocks:
                h = block(h, condition)
                skips.append(h)
        for block in self.middle:
            h = block(h, condition)
        for i, blocks in enumerate(self.up):
            if i > 0:
                h = self.upsample[i - 1](h)
            for block in blocks:
                h = block(torch.cat([h, skips.pop()], dim=1), condition)
        return self.out(h)


class Denoiser(nn.Module):
    def __init__(self, dims, config):
        super().__init__()
        width = config["conditioning"]
        encoder = {"perceiver": Perceiver, "pooling": PooledActions}[config["encoder"]["kind"]]
        self.actions = encoder(dims, config["encoder"], width)
        self.register_buffer("frequencies", torch.randn(width // 2))
        self.condition = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.unet = UNet(dims["state"], config["channels"], config["blocks"], width)

    def forward(self, noisy, noise_level, context, actions, visible):
        """[B, S] scaled by c_in, [B, 1], [B, L, S], [B, L, N, A], [B, L, N] -> F, [B, S]"""
        angle = 2 * math.pi * noise_level * self.frequencies
        features = torch.cat([angle.cos(), angle.sin()], dim=1)
        condition = self.condition(features + self.actions(actions, visible))
        signal = torch.cat([context, noisy[:, None]], dim=1).transpose(1, 2)
        return self.unet(signal, condition)[..., -1]


def mlp(inputs, width, outputs, activation):
    return nn.Sequential(
        nn.Linear(inputs, width),
        activation(),
        nn.Linear(width, width),
        activation(),
        nn.Linear(width, outputs),
    )


class StateDecoder(nn.Module):
    """Auto-encoder with finite scalar quantisation (arXiv 2309.15505)."""

    def __init__(self, dims, config):
        super().__init__()
        levels = torch.tensor(config["levels"], dtype=torch.float32)
        half = (levels - 1) * (1 + 1e-3) / 2
        offset = torch.where(levels % 2 == 0, 0.5, 0.0)
        self.register_buffer("bound", half)
        self.register_buffer("offset", offset)
        self.register_buffer("shift", (offset / half).atanh())
        self.register_buffer("spacing", 1 / (levels // 2))
        codes = config["tokens"] * len(levels)
        self.shape = (dims["agents"], dims["observation"])
        self.encoder = mlp(dims["state"], config["width"], codes, nn.GELU)
        self.decoder = mlp(codes, config["width"], self.shape[0] * self.shape[1], nn.GELU)

    def quantise(self, z):  # [B, tokens, levels]
        bounded = (z + self.shift).tanh() * self.bound - self.offset
        return (bounded + (bounded.round() - bounded).detach()) * self.spacing

    def forward(self, states):  # [B, S] -> [B, N, O]
        z = self.encoder(states).unflatten(1, (-1, len(self.bound)))
        return self.decoder(self.quantise(z).flatten(1)).unflatten(1, self.shape)


class JointAction(nn.Module):
    def __init__(self, dims, width, config):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(dims["action"], width), nn.SiLU(), nn.Linear(width, width))
        self.agent = parameter(dims["agents"], width, std=0.02)
        layers = []
        for _ in range(config["layers"]):
            layers += [Attention(width, config["heads"], config["headWidth"]), GEGLU(width, config["hidden"])]
        self.trunk = nn.Sequential(*layers)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, width)

    def forward(self, actions):  # [B*H, N, A]
        return self.head(self.norm(self.trunk(self.mlp(actions) + self.agent).mean(1)))


class TransformerBlock(nn.Module):
    """minGPT's block."""

    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.drop_weights = nn.Dropout(dropout)
        self.out = nn.Sequential(nn.Linear(width, width), nn.Dropout(dropout))
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width), nn.Dropout(dropout)
        )

    def forward(self, x, hidden):
        q, k, v = (split_heads(t, self.heads) for t in self.qkv(self.norm1(x)).chunk(3, dim=-1))
        x = x + self.out(attend(q, k, v, hidden, self.drop_weights))
        return x + self.mlp(self.norm2(x))


class RewardModel(nn.Module):
    """Reads reward and end of a step from its action token, two tokens a step."""

    def __init__(self, dims, config):
        super().__init__()
        width, tokens = config["width"], 2 * dims["horizon"]
        self.state = nn.Sequential(
            nn.Linear(dims["state"], width),
            nn.LayerNorm(width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.LayerNorm(width),
            nn.SiLU(),
            nn.Linear(width, width),
        )
        self.action = JointAction(dims, width, config["action"])
        self.positions = parameter(tokens, width, std=0.02)
        self.dropout = nn.Dropout(config["dropout"])
        self.trunk = nn.ModuleList(
            TransformerBlock(width, config["heads"], config["dropout"]) for _ in range(config["layers"])
        )
        self.norm = nn.LayerNorm(width)
        self.reward = mlp(width, width, 1, nn.ReLU)
        self.end = mlp(width, width, 2, nn.ReLU)
        self.register_buffer("future", torch.ones(tokens, tokens, dtype=torch.bool).triu(1))

    def forward(self, states, actions, segments):  # [B, H, S], [B, H, N, A], [B, H]
        joint = self.action(actions.flatten(0, 1)).unflatten(0, states.shape[:2])
        x = torch.stack([self.state(states), joint], dim=2).flatten(1, 2)  # [B, 2H, width]
        x = self.dropout(x + self.positions)
        owner = segments.repeat_interleave(2, dim=1)
        hidden = (self.future | (owner[:, :, None] != owner[:, None, :]))[:, None]
        for block in self.trunk:
            x = block(x, hidden)
        read = self.norm(x)[:, 1::2]
        return self.reward(read)[..., 0], self.end(read)


def normalised_mlp(inputs, width, layers, outputs):
    modules = [nn.LayerNorm(inputs)]
    for i in range(layers):
        modules += [nn.Linear(inputs if i == 0 else width, width), nn.ReLU(), nn.LayerNorm(width)]
    return nn.Sequential(*modules, nn.Linear(width, outputs))


class Actor(nn.Module):
    """A Gaussian policy shared by all agents."""

    def __init__(self, dims, config):
        super().__init__()
        self.mean = normalised_mlp(dims["observation"], config["width"], config["layers"], dims["action"])
        self.spread = nn.Parameter(torch.ones(dims["action"]))

    def forward(self, observations):
        mean = self.mean(observations)
        return torch.distributions.Normal(mean, (0.5 * self.spread.sigmoid()).expand_as(mean))


class Critic(nn.Module):
    def __init__(self, dims, config):
        super().__init__()
        self.value = normalised_mlp(dims["state"], config["width"], config["layers"], 1)

    def forward(self, states):
        return self.value(states)[..., 0]
