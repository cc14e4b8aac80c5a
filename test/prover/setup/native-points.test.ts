import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { loadNativeAddon, type NativeAddon } from '#prover/backends/native-addon.js'
import { CurveEngine } from '#prover/curve/engine.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { developmentSetup, type SetupProgress } from '#prover/setup/development.js'
import { domainSizeOf } from '#prover/setup/domain.js'
import { type NativeSetupRequest, nativeKeyPoints } from '#prover/setup/native-points.js'
import { drawSecrets } from '#prover/setup/secrets.js'
import { syntheticCircuit } from '#scripts/bench/synthetic-circuit.js'
import { runnableBuilds } from '../../support/native-builds.js'
import { writeR1cs } from '../../support/r1cs-writer.js'
import { randomCircuit } from '../../support/random-circuit.js'
import { RandomSource } from '../../support/random-source.js'

const { r1cs: medium } = syntheticCircuit(2500)
const refusal = expect.objectContaining({ code: 'CANCELLED' })

/** SHA-256 over all that a set-up makes. */
async function digest(
  r1cs: Parameters<typeof developmentSetup>[0],
  native: Parameters<typeof developmentSetup>[1] & object,
): Promise<string> {
  const { zkey, quotient, commitmentKey } = await developmentSetup(r1cs, {
    random: new RandomSource(21).fill,
    ...native,
  })
  const hash = createHash('sha256').update(zkey).update(quotient)
  if (commitmentKey !== null) {
    for (const part of [commitmentKey.spanKey, commitmentKey.points, commitmentKey.shifted]) hash.update(part)
  }
  return hash.digest('hex')
}

describe.each(runnableBuilds)('%s', (native) => {
  test('makes the keys of WebAssembly, byte for byte: random circuits, with and without a commitment key', async () => {
    const random = new RandomSource(22)
    for (let round = 0; round < 20; round++) {
      const r1cs = readR1cs(writeR1cs(randomCircuit(random).circuit))
      const committed = round % 2 === 0 ? 0 : random.below(r1cs.publicCount + 1)
      expect(await digest(r1cs, { native, committed }), `round ${round}`).toBe(
        await digest(r1cs, { native: 'none', committed }),
      )
    }
  })

  test('makes the keys of WebAssembly by any number of threads', async () => {
    const expected = await digest(medium, { native: 'none' })
    for (const threads of [1, 2, 3]) expect(await digest(medium, { native, threads })).toBe(expected)
  })
})

describe.skipIf(runnableBuilds.length === 0)('the addon', () => {
  test('is cancelled before it starts, at its first report, and at any turn', async () => {
    await expect(developmentSetup(medium, { signal: AbortSignal.abort() })).rejects.toThrow(refusal)
    for (const milliseconds of [0, 1, 5, 20]) {
      const controller = new AbortController()
      const pending = developmentSetup(medium, { native: 'portable', threads: 2, signal: controller.signal })
      const ended = expect(pending).rejects.toThrow(refusal)
      setTimeout(() => controller.abort(), milliseconds)
      await ended
    }
  })

  test('reports points up to the last', async () => {
    const seen: SetupProgress[] = []
    await developmentSetup(medium, { native: 'portable', onProgress: (progress) => seen.push(progress) })
    const points = seen.filter(({ stage }) => stage === 'points')
    expect(points.every(({ done, total }, i) => done <= total && done >= (points[i - 1]?.done ?? 0))).toBe(
      true,
    )
    expect(points.at(-1)!.done).toBe(points.at(-1)!.total)
  })

  test('takes the secrets at once, so that they can be overwritten', async () => {
    const { request } = await captured()
    expect(request.secrets.every((byte) => byte === 0)).toBe(true)
    expect(request.g1.some((byte) => byte !== 0)).toBe(true)
  })

  test('refuses arguments that do not fit each other', async () => {
    const { addon, request } = await captured()
    const matrix = request.a
    const changes: Partial<NativeSetupRequest>[] = [
      { domainSize: 48 },
      { domainSize: 2 },
      { domainSize: 2 ** 31 },
      { wireCount: request.wireCount + 1 },
      { publicCount: request.wireCount },
      { constraintCount: request.constraintCount + 1 },
      { committed: request.publicCount + 1 },
      { secrets: new Uint8Array(31) },
      { g1: new Uint8Array(64) },
      { g2: new Uint8Array(0) },
      { generatorG2: new Uint8Array(64) },
      { cancelled: new Uint8Array(0) },
      { done: new Uint32Array(0) },
      { coefficients: new Uint8Array(0) },
      { a: { ...matrix, rowOffsets: matrix.rowOffsets.slice(1) } },
      { a: { ...matrix, rowOffsets: matrix.rowOffsets.with(1, 2 ** 32 - 1) } },
      { b: { ...matrix, wires: matrix.wires.with(0, request.wireCount) } },
      { c: { ...matrix, coefficientIndexes: matrix.coefficientIndexes.slice(1) } },
    ]
    for (const change of changes) {
      const call = async (): Promise<void> => addon.setup({ ...request, ...change })
      await expect(call(), Object.keys(change)[0]).rejects.toThrow('do not fit')
    }
  })
})

/** What a set-up hands to the addon, afterwards. */
async function captured(): Promise<{ addon: NativeAddon; request: NativeSetupRequest }> {
  const addon = loadNativeAddon('portable')!
  const requests: NativeSetupRequest[] = []
  const spy = {
    ...addon,
    setup: (request: NativeSetupRequest) => {
      requests.push(request)
      return addon.setup(request)
    },
  }
  const r1cs = readR1cs(writeR1cs(randomCircuit(new RandomSource(23)).circuit))
  const engine = new CurveEngine()
  const domainSize = domainSizeOf(r1cs)
  const secrets = drawSecrets(engine, new RandomSource(24).fill, domainSize)
  await nativeKeyPoints(spy, engine, r1cs, { domainSize, committed: 0, secrets }, {})
  return { addon, request: requests[0]! }
}
