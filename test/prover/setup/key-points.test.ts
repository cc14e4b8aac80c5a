import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { CurveEngine } from '#prover/curve/engine.js'
import { keyPoints } from '#prover/setup/key-points.js'

const scalars = () => ({ g1: new Uint8Array(32 * 20_000).fill(3), g2: new Uint8Array(32 * 10).fill(5) })

test('overwrites the scalars when it is done', async () => {
  const secret = scalars()
  const points = await keyPoints(secret)
  expect(points.g1.some((byte) => byte !== 0)).toBe(true)
  expect(secret.g1.every((byte) => byte === 0) && secret.g2.every((byte) => byte === 0)).toBe(true)
})

test('overwrites the scalars when it is aborted', async () => {
  const secret = scalars()
  const controller = new AbortController()
  const onProgress = () => controller.abort()
  await expect(keyPoints(secret, { signal: controller.signal, onProgress })).rejects.toThrow(
    expect.objectContaining({ code: 'CANCELLED' }),
  )
  expect(secret.g1.every((byte) => byte === 0) && secret.g2.every((byte) => byte === 0)).toBe(true)
})

test('an abort from outside, at any turn of the event loop, ends it', async () => {
  for (let turns = 0; turns < 4; turns++) {
    const controller = new AbortController()
    const pending = keyPoints(scalars(), { signal: controller.signal })
    const ended = expect(pending).rejects.toThrow(expect.objectContaining({ code: 'CANCELLED' }))
    for (let turn = 0; turn < turns; turn++) await setImmediate()
    controller.abort()
    await ended
  }
})

test('a destroyed engine holds nothing', () => {
  const engine = new CurveEngine()
  const address = engine.place(new Uint8Array(64).fill(9))
  engine.destroy()
  expect(engine.bytes(0, address + 64).every((byte) => byte === 0)).toBe(true)
})
