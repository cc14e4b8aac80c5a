import { expect, test } from 'vitest'
import { DurationEstimate } from '#service/pool/duration-estimate.js'
import { RecentCache } from '#service/pool/recent-cache.js'

test('the most recently used values stay, others are made again', async () => {
  const made: string[] = []
  const cache = new RecentCache<string>(2)
  const use = (key: string) =>
    cache.get(key, async () => {
      made.push(key)
      return key.toUpperCase()
    })
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) expect(await use(key)).toBe(key.toUpperCase())
  expect(made).toEqual(['a', 'b', 'c', 'b'])
})

test('a value that could not be made is tried again', async () => {
  const cache = new RecentCache<number>(2)
  await expect(cache.get('a', () => Promise.reject(new Error('not yet')))).rejects.toThrow('not yet')
  expect(await cache.get('a', async () => 1)).toBe(1)
})

test('waiting time follows the measured proofs and the threads', () => {
  const estimate = new DurationEstimate()
  expect(estimate.secondsFor(2, 2)).toBe(5)
  estimate.add(2000)
  expect(estimate.secondsFor(10, 1)).toBe(20)
  expect(estimate.secondsFor(10, 4)).toBe(5)
  for (let i = 0; i < 60; i++) estimate.add(100)
  expect(estimate.secondsFor(1, 4)).toBe(1)
  expect(estimate.secondsFor(30, 1)).toBe(3 + 1)
})
