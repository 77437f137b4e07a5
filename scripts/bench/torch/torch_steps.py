"""Times train steps of the networks in PyTorch eager, on one thread, for scripts/bench/torch/torch.ts.

Reads one JSON object a line from stdin and answers each with a line:
{"versions": true} -> {"torch", "numpy", "python", "blas"}
{"open": {"network", "dims", "config", "training"}} -> {"parameters"}
{"seconds": s} -> {"cpuMs", "wallMs"}: the mean of a step, of as many as take s seconds of processor time

A step is what a training loop does for a batch that is there already: draw the noise, forward, loss, backward, clip,
AdamW. Batches are made of random numbers: their values don't change the time.
"""

import ctypes
import json
import sys
import time

import numpy
import torch
import torch.nn.functional as F
from torch import nn
from torch_networks import SIGMA_DATA, Actor, Critic, Denoiser, RewardModel, StateDecoder

OFFSET_NOISE = 0.3  # unless a configuration says another


class DecoderStep:
    def __init__(self, dims, config, training):
        batch = training["batch"]
        self.network = StateDecoder(dims, config)
        self.states = torch.randn(batch, dims["state"])
        self.observations = torch.randn(batch, dims["agents"], dims["observation"])

    def loss(self):
        return F.l1_loss(self.network(self.states), self.observations)


class DenoiserStep:
    def __init__(self, dims, config, training):
        self.dims, self.training = dims, training
        self.offset_noise = config.get("offsetNoise", OFFSET_NOISE)
        self.network = Denoiser(dims, config)
        length = dims["context"] + training["selfFed"]
        self.states = SIGMA_DATA * torch.randn(training["batch"], length, dims["state"])
        self.actions = torch.randn(training["batch"], length - 1, dims["agents"], dims["action"])
        self.valid = torch.ones(training["batch"], training["selfFed"])

    def loss(self):
        window = self.states[:, : self.dims["context"]]
        losses = []
        for j in range(self.training["selfFed"]):
            estimate, loss = self.one_step(window, j)
            losses.append(loss)
            window = torch.cat([window[:, 1:], estimate.detach()[:, None]], dim=1)
        return torch.stack(losses).mean()

    def one_step(self, window, j):
        context = self.dims["context"]
        clean = self.states[:, context + j]
        sigma = self.draw_sigma()
        variance = sigma.square() + self.offset_noise**2
        c_in = (variance + SIGMA_DATA**2).rsqrt()
        c_skip = SIGMA_DATA**2 / (variance + SIGMA_DATA**2)
        c_out = variance.sqrt() * SIGMA_DATA * c_in
        noisy = clean + variance.sqrt() * torch.randn_like(clean)
        actions = self.actions[:, j : j + context]
        predicted = self.network(noisy * c_in, variance.log() / 8, window, actions, self.draw_visible())
        target = (clean - c_skip * noisy) / c_out
        errors = F.mse_loss(predicted, target, reduction="none").mean(1)
        valid = self.valid[:, j]
        loss = (errors * valid).sum() / valid.sum().clamp(min=1)
        return (c_skip * noisy + c_out * predicted) * valid[:, None], loss

    def draw_sigma(self):
        t = self.training
        log_sigma = t["sigmaLogMean"] + t["sigmaLogStd"] * torch.randn(t["batch"], 1)
        return log_sigma.exp().clamp(t["sigmaMin"], t["sigmaMax"])

    def draw_visible(self):
        """All agents at past slots, one at the current one."""
        visible = torch.ones(self.actions.shape[0], self.dims["context"], self.dims["agents"])
        agent = torch.randint(self.dims["agents"], (self.actions.shape[0],))
        visible[:, -1] = F.one_hot(agent, self.dims["agents"])
        return visible


class RewardStep:
    def __init__(self, dims, config, training):
        batch, horizon = training["batch"], dims["horizon"]
        self.network = RewardModel(dims, config)
        self.states = torch.randn(batch, horizon, dims["state"])
        self.actions = torch.randn(batch, horizon, dims["agents"], dims["action"])
        self.segments = torch.zeros(batch, horizon)
        self.rewards = torch.randn(batch, horizon)
        self.ends = torch.zeros(batch, horizon, dtype=torch.long)

    def loss(self):
        rewards, logits = self.network(self.states, self.actions, self.segments)
        return F.smooth_l1_loss(rewards, self.rewards) + F.cross_entropy(
            logits.flatten(0, 1), self.ends.flatten()
        )


class ActorStep:
    """PPO's clipped loss."""

    def __init__(self, dims, config, training):
        batch, agents = training["batch"], dims["agents"]
        self.training = training
        self.network = Actor(dims, config)
        self.observations = torch.randn(batch, agents, dims["observation"])
        with torch.no_grad():
            policy = self.network(self.observations)
            self.actions = policy.sample()
            self.log_probabilities = policy.log_prob(self.actions).sum(-1)
        self.advantages = torch.randn(batch, 1)

    def loss(self):
        clip = self.training["clip"]
        policy = self.network(self.observations)
        ratio = (policy.log_prob(self.actions).sum(-1) - self.log_probabilities).exp()
        clipped = ratio.clamp(1 - clip, 1 + clip)
        surrogate = torch.min(ratio * self.advantages, clipped * self.advantages)
        return -surrogate.mean() - self.training["entropy"] * policy.entropy().sum(-1).mean()


class CriticStep:
    """The larger of the Huber losses of the value and of the value kept near the old one."""

    def __init__(self, dims, config, training):
        self.training = training
        self.network = Critic(dims, config)
        self.states = torch.randn(training["batch"], dims["state"])
        with torch.no_grad():
            self.values = self.network(self.states)
        self.returns = torch.randn(training["batch"])

    def loss(self):
        clip = self.training["valueClip"]
        value = self.network(self.states)
        near = self.values + (value - self.values).clamp(-clip, clip)
        return torch.max(self.huber(value), self.huber(near)).mean()

    def huber(self, value):
        return F.huber_loss(value, self.returns, reduction="none", delta=self.training["huberDelta"])


STEPS = {
    "decoder": DecoderStep,
    "denoiser": DenoiserStep,
    "reward": RewardStep,
    "actor": ActorStep,
    "critic": CriticStep,
}


def adamw(network, training):
    """Weight decay on the weights of Linear and Conv layers only."""
    layers = (nn.Linear, nn.Conv1d, nn.ConvTranspose1d)
    decayed = [module.weight for module in network.modules() if isinstance(module, layers)]
    known = {id(weight) for weight in decayed}
    others = [weight for weight in network.parameters() if id(weight) not in known]
    groups = [
        {"params": decayed, "weight_decay": training["weightDecay"]},
        {"params": others, "weight_decay": 0},
    ]
    return torch.optim.AdamW(groups, lr=training["learningRate"], eps=training.get("epsilon", 1e-8))


class Training:
    def __init__(self, network, dims, config, training):
        self.clip_norm = training["clipNorm"]
        self.step = STEPS[network](dims, config, training)
        self.network = self.step.network.train()
        self.optimiser = adamw(self.network, training)

    def update(self):
        loss = self.step.loss()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), self.clip_norm)
        self.optimiser.step()
        return loss.item()

    def time(self, seconds):
        cpu_before, wall_before = time.process_time(), time.perf_counter()
        cpu, steps = 0, 0
        while steps == 0 or cpu < seconds:
            self.update()
            steps += 1
            cpu = time.process_time() - cpu_before
        wall = time.perf_counter() - wall_before
        return {"cpuMs": 1e3 * cpu / steps, "wallMs": 1e3 * wall / steps}


def blas():
    """What multiplies matrices here, for example OpenBLAS with its kernels for this processor."""
    try:
        config = ctypes.CDLL("libblas.so.3").openblas_get_config
    except (OSError, AttributeError):
        return "unknown"
    config.restype = ctypes.c_char_p
    return config().decode()


def versions():
    return {
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "python": sys.version.split()[0],
        "blas": blas(),
    }


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    training = None
    for line in sys.stdin:
        request = json.loads(line)
        if "versions" in request:
            answer = versions()
        elif "open" in request:
            training = Training(**request["open"])
            answer = {"parameters": sum(p.numel() for p in training.network.parameters())}
        else:
            answer = training.time(request["seconds"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
