"""From nothing to the first joint step, in five lines. `npm start` starts the server."""

from dima import RemoteParallelEnv

env = RemoteParallelEnv("ws://127.0.0.1:8080")
observations, infos = env.reset(seed=7)
actions = {agent: env.action_space(agent).sample() for agent in env.agents}
observations, rewards, terminations, truncations, infos = env.step(actions)

print(rewards)
env.close()
