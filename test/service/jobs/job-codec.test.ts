import { expect, test } from 'vitest'
import { sealedTasks } from '#service/jobs/task-codec.js'
import { Cipher } from '#service/secrets/cipher.js'

const cipher = Cipher.ephemeral()
const codec = sealedTasks<unknown>(cipher)
const refused = expect.objectContaining({ code: 'DECRYPTION_FAILED' })

test('tasks come back as they were, maps and large integers too, and cannot be read meanwhile', () => {
  const task = { secret: 'of a patient', inputs: new Map([['x', Float32Array.of(0.5)]]), salt: 2n ** 250n }
  const bytes = codec.encode('a', task)
  expect(Buffer.from(bytes).toString('latin1')).not.toContain('patient')
  expect(codec.decode('a', bytes)).toEqual(task)
  expect(codec.keys).toEqual([Buffer.from(bytes.subarray(0, 4)).toString('hex')])
})

test('answers come back as they were, from text', () => {
  const text = codec.seal('a', 'result', { label: 3 })
  expect(text).toMatch(/^[A-Za-z0-9+/]+=*$/)
  expect(codec.open('a', 'result', text)).toEqual({ label: 3 })
})

test('what is of another job, or another part of it, does not open', () => {
  const bytes = codec.encode('a', 1)
  const text = codec.seal('a', 'result', 1)
  expect(() => codec.decode('b', bytes)).toThrow(refused)
  expect(() => codec.open('b', 'result', text)).toThrow(refused)
  expect(() => codec.open('a', 'request', text)).toThrow(refused)
  expect(() => codec.open('a', 'result', Buffer.from(bytes).toString('base64'))).toThrow(refused)
  expect(() => sealedTasks(Cipher.ephemeral()).decode('a', bytes)).toThrow(refused)
})
