import { expect, test } from 'vitest'
import { LoadedKeys } from '#service/pool/loaded-keys.js'

const none = { count: 0, bytes: 0 }

test('keys of threads add up, and to those of the native prover', () => {
  const keys = new LoadedKeys()
  keys.tell({ thread: 1, bytes: [100, 20] })
  keys.tell({ thread: 2, bytes: [100] })
  keys.tell({ thread: 3, bytes: [] })
  const running = new Set([1, 2, 3])
  expect(keys.summary(running, none)).toEqual({ count: 3, bytes: 220 })
  expect(keys.summary(running, { count: 2, bytes: 1000 })).toEqual({ count: 5, bytes: 1220 })
})

test('what a thread told last counts, and nothing of threads that ended', () => {
  const keys = new LoadedKeys()
  keys.tell({ thread: 1, bytes: [100] })
  keys.tell({ thread: 1, bytes: [20] })
  keys.tell({ thread: 2, bytes: [100] })
  expect(keys.summary(new Set([1]), none)).toEqual({ count: 1, bytes: 20 })
})
