import { measureAccuracy } from '#scripts/bench/tasks/accuracy.js'
import { measureBuild } from '#scripts/bench/tasks/build.js'
import { measureGas } from '#scripts/bench/tasks/gas.js'
import { prepareCalibration } from '#scripts/bench/tasks/prepare.js'
import { readProofWork } from '#scripts/bench/tasks/proof-work.js'
import { measureProve } from '#scripts/bench/tasks/prove.js'
import { makeSyntheticKey } from '#scripts/bench/tasks/synthetic-key.js'

/** What is measured in a process of its own; arguments and results are plain JSON. */
export const tasks = {
  prepare: prepareCalibration,
  build: measureBuild,
  prove: measureProve,
  accuracy: measureAccuracy,
  gas: measureGas,
  syntheticKey: makeSyntheticKey,
  proofWork: readProofWork,
} as const

export type Tasks = typeof tasks
export type TaskName = keyof Tasks

/** What a task's process says at its end. */
export type TaskReply<Result> =
  | { readonly result: Result /** Bytes. */; readonly peakMemory: number }
  | { readonly error: string }
