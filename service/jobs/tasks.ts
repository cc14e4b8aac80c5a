import type { BuildTask } from '#service/builds/build-task.js'
import type { Registration } from '#service/models/registrations.js'
import type { ProofTask } from '#service/pool/messages.js'

/** One proof to make, wherever the worker keeps the model's bundle, and where the model is registered. */
export interface InferTask extends Omit<ProofTask, 'dir'> {
  readonly kind: 'proof'
  readonly registration: Registration | null
}

/** What a job asks of its worker. */
export type ServiceTask = InferTask | BuildTask
