import { deserialize, serialize } from 'node:v8'
import type { Cipher } from '#service/secrets/cipher.js'

/** How tasks are kept; they hold clients' inputs, so nobody reads them in the database. */
export interface TaskCodec<Task> {
  /** @param id of the job */
  encode(id: string, task: Task): Uint8Array
  decode(id: string, bytes: Uint8Array): Task
}

/** Tasks sealed for their jobs. V8's structured clone keeps maps, typed arrays and large integers. */
export function sealedTasks<Task>(cipher: Cipher): TaskCodec<Task> {
  const purpose = (id: string): string => `task of job ${id}`
  return {
    encode: (id, task) => cipher.seal(serialize(task), purpose(id)),
    decode: (id, bytes) => deserialize(cipher.open(bytes, purpose(id))) as Task,
  }
}
