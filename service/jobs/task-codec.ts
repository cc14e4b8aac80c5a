import { deserialize, serialize } from 'node:v8'
import type { Cipher } from '#service/secrets/cipher.js'

/** JSON that tells something of a client's input: what the job gave, and how its request was answered. */
export type PrivatePart = 'result' | 'request'

/**
 * How tasks and answers are kept; they hold clients' inputs, so nobody reads them in the database.
 * What opens throws ZkserveError `DECRYPTION_FAILED`.
 */
export interface TaskCodec<Task> {
  /** @param id of the job */
  encode(id: string, task: Task): Uint8Array
  decode(id: string, bytes: Uint8Array): Task
  /** First four bytes, in hex, of the tasks that can be decoded; any where not given. */
  readonly keys?: readonly string[]
  /** JSON as text that is kept. */
  seal(id: string, part: PrivatePart, value: unknown): string
  open(id: string, part: PrivatePart, text: string): unknown
}

/** Tasks and answers sealed for their jobs. V8's structured clone keeps maps, typed arrays and large integers. */
export function sealedTasks<Task>(cipher: Cipher): TaskCodec<Task> {
  const purpose = (id: string, part: PrivatePart | 'task'): string => `${part} of job ${id}`
  return {
    keys: cipher.keyIds,
    encode: (id, task) => cipher.seal(serialize(task), purpose(id, 'task')),
    decode: (id, bytes) => deserialize(cipher.open(bytes, purpose(id, 'task'))) as Task,
    seal: (id, part, value) => {
      const sealed = cipher.seal(Buffer.from(JSON.stringify(value)), purpose(id, part))
      return Buffer.from(sealed).toString('base64')
    },
    open: (id, part, text) => {
      const plain = cipher.open(Buffer.from(text, 'base64'), purpose(id, part))
      return JSON.parse(Buffer.from(plain).toString())
    },
  }
}
