import { expect, test } from 'vitest'
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
