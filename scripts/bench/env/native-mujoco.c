// Steps a model in native MuJoCo under random controls, in whole episodes from the rest pose, and prints how many
// environment steps it did in how much processor time. Built and run by scripts/bench/env/native.ts:
//   native-mujoco MODEL.xml FRAME_SKIP EPISODE_STEPS CPU_SECONDS SEED
#include <mujoco/mujoco.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

/* Marsaglia's xorshift32 as a stream in [-1, 1), the same as scripts/bench/env/random.ts. */
static uint32_t bits;

static double draw(void) {
  bits ^= bits << 13;
  bits ^= bits >> 17;
  bits ^= bits << 5;
  return bits / 4294967296.0 * 2 - 1;
}

static void run_episode(const mjModel *model, mjData *data, int frame_skip, int steps) {
  mj_resetData(model, data);
  for (int step = 0; step < steps; step++) {
    for (int i = 0; i < model->nu; i++) data->ctrl[i] = draw();
    for (int frame = 0; frame < frame_skip; frame++) mj_step(model, data);
  }
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: %s MODEL.xml FRAME_SKIP EPISODE_STEPS CPU_SECONDS SEED\n", argv[0]);
    return 2;
  }
  const int frame_skip = atoi(argv[2]), episode_steps = atoi(argv[3]);
  const double seconds = atof(argv[4]);
  bits = (uint32_t)atoi(argv[5]);

  char error[1000] = "";
  mjModel *model = mj_loadXML(argv[1], NULL, error, sizeof error);
  if (!model) {
    fprintf(stderr, "%s\n", error);
    return 1;
  }
  mjData *data = mj_makeData(model);
  run_episode(model, data, frame_skip, episode_steps); /* warms the caches up */

  long steps = 0;
  const double start = cpu_seconds();
  double used = 0;
  while (used < seconds) {
    run_episode(model, data, frame_skip, episode_steps);
    steps += episode_steps;
    used = cpu_seconds() - start;
  }
  printf("{\"mujoco\": \"%s\", \"steps\": %ld, \"cpuSeconds\": %.6f}\n", mj_versionString(), steps, used);
  mj_deleteData(data);
  mj_deleteModel(model);
  return 0;
}
