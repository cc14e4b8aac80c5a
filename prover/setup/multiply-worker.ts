import { parentPort } from 'node:worker_threads'
import { Multiplier } from '#prover/setup/multiplier.js'
import type { MultiplyTask } from '#prover/setup/multiply-task.js'

const multiplier = new Multiplier()

parentPort!.on('message', (task: MultiplyTask) => {
  const points = multiplier.run(task)
  parentPort!.postMessage(points, [points.buffer])
})
