import type { BuildTask } from '#service/builds/build-task.js'
import type { Registration } from '#service/models/registrations.js'
import type { ProofTask } from '#service/pool/messages.js'
import type { Origin } from '#service/telemetry/origin.js'

/** What every task has. */
interface AnyTask {
  /** The request that made the job; absent where none did. */
  readonly origin?: Origin
}

/** One proof to make, wherever the worker keeps the model's bundle, and where the model is registered. */
export interface InferTask extends AnyTask, Omit<ProofTask, 'dir'> {
  readonly kind: 'proof'
  readonly registration: Registration | null
}

/** What a job asks of its worker. */
export type ServiceTask = InferTask | (BuildTask & AnyTask)
