import { loadNativeAddon, type NativeBuild } from '#prover/backends/native-addon.js'
import { fieldBytes } from '#prover/curve/bn254.js'
import { fromLittleEndian, toLittleEndian } from '#prover/curve/bytes.js'

const builds: readonly NativeBuild[] = ['portable', 'bmi2', 'ifma']
const fastest = loadNativeAddon('portable')?.fastest()

/** The builds of the native prover that this machine can run; none where it has no compiler. */
export const runnableBuilds = fastest === undefined ? [] : builds.slice(0, builds.indexOf(fastest) + 1)

export function arithmeticOf(build: NativeBuild) {
  return loadNativeAddon(build)!.arithmetic
}

/** Numbers as the native prover takes them, 32 bytes each. */
export function bytesOf(numbers: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(numbers.length * fieldBytes)
  for (const [index, number] of numbers.entries()) bytes.set(toLittleEndian(number), index * fieldBytes)
  return bytes
}

export function numbersOf(bytes: Uint8Array): bigint[] {
  return Array.from({ length: bytes.length / fieldBytes }, (_, index) =>
    fromLittleEndian(bytes, index * fieldBytes),
  )
}
