/** Robots whose physics the worker has. */
export const ROBOTS = ['Ant', 'HalfCheetah', 'Walker2d']

/** Whether a model's environment is one of ours, which can run in a browser. */
export const hasTruth = (environment: string): boolean => ROBOTS.includes(environment.split('-')[0]!)
