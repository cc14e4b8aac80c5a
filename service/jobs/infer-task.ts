import { deserialize, serialize } from 'node:v8'
import type { TaskCodec } from '#service/jobs/database-job-queue.js'
import type { Registration } from '#service/models/registrations.js'
import type { ProofTask } from '#service/pool/messages.js'

/** One proof to make, wherever the worker keeps the model's bundle, and where the model is registered. */
export interface InferTask extends Omit<ProofTask, 'dir'> {
  readonly registration: Registration | null
}

/** V8's structured clone as bytes: it keeps maps, typed arrays and large integers. */
export const inferTaskCodec: TaskCodec<InferTask> = {
  encode: (task) => serialize(task),
  decode: (bytes) => deserialize(bytes) as InferTask,
}
