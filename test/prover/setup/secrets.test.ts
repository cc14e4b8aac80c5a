import { expect, test } from 'vitest'
import { rootOfUnity, scalarModulus } from '#prover/curve/bn254.js'
import { fromLittleEndian, toLittleEndian } from '#prover/curve/bytes.js'
import { CurveEngine } from '#prover/curve/engine.js'
import { drawSecrets } from '#prover/setup/secrets.js'

/** Draws with a source that gives the values in turn; what τ, α, β, δ became. */
function draw(values: readonly bigint[], domainSize = 8): bigint[] {
  const engine = new CurveEngine()
  const queue = [...values]
  const secrets = drawSecrets(engine, (bytes) => bytes.set(toLittleEndian(queue.shift()!)), domainSize)
  return [secrets.tau, secrets.alpha, secrets.beta, secrets.delta].map((address) => {
    engine.operations.frm_fromMontgomery(address, address)
    return fromLittleEndian(engine.bytes(address, 32))
  })
}

function rootOfOrder(order: bigint): bigint {
  let root = rootOfUnity
  for (let size = 2n ** 28n; size > order; size /= 2n) root = (root * root) % scalarModulus
  return root
}

test('draws again what is 0, 1, r or more', () => {
  const refused = [0n, 1n, scalarModulus, scalarModulus + 5n, (1n << 254n) - 1n]
  const values = [11n, 12n, 13n, 14n].flatMap((value) => [...refused, value])
  expect(draw(values)).toEqual([11n, 12n, 13n, 14n])
})

test('draws again a τ inside the doubled domain, where no Lagrange quotient exists', () => {
  const points = [scalarModulus - 1n, rootOfOrder(8n), rootOfOrder(16n)]
  expect(draw([...points, rootOfOrder(32n), 12n, 13n, 14n])[0]).toBe(rootOfOrder(32n))
})

test('takes 254 of the 256 bits', () => {
  expect(draw([(1n << 255n) + 11n, (1n << 254n) + 12n, 13n, 14n])).toEqual([11n, 12n, 13n, 14n])
})

test('gives up on a source that is stuck', () => {
  expect(() => drawSecrets(new CurveEngine(), (bytes) => bytes.fill(0), 8)).toThrow(
    expect.objectContaining({ code: 'INTERNAL' }),
  )
})
