import { expect, test } from 'vitest'
import { LoadedKeys } from '#service/pool/loaded-keys.js'

const a = ['0xa', 100] as const
const b = ['0xb', 20] as const

test('a key that threads share counts once, one that they do not once a thread', () => {
  const keys = new LoadedKeys()
  keys.tell({ thread: 1, shared: true, keys: new Map([a, b]) })
  keys.tell({ thread: 2, shared: true, keys: new Map([a]) })
  keys.tell({ thread: 3, shared: false, keys: new Map([a]) })
  keys.tell({ thread: 4, shared: false, keys: new Map([a]) })
  expect(keys.summary(new Set([1, 2, 3, 4]))).toEqual({ count: 4, bytes: 320 })
})

test('what a thread told last counts, and nothing of threads that ended', () => {
  const keys = new LoadedKeys()
  keys.tell({ thread: 1, shared: true, keys: new Map([a]) })
  keys.tell({ thread: 1, shared: true, keys: new Map([b]) })
  keys.tell({ thread: 2, shared: true, keys: new Map([a]) })
  expect(keys.summary(new Set([1]))).toEqual({ count: 1, bytes: 20 })
})
