import type { Backend } from '#prover/backends/backend-names.js'
import { availableBackend } from '#prover/backends/create-prover.js'
import type { Manifest } from '#prover/bundle/manifest.js'

const mebi = 2 ** 20

/** Bytes of an element of the scalar field. */
const elementBytes = 32

/** Elements that the native prover holds for each row of its transforms' domain: witness, vectors, digits of scalars. */
const nativeElements = 16

/** What a thread of one proof takes beside the first. */
const furtherThread = 16 * mebi

/**
 * Bytes that one proof of a bundle takes at most, in a thread that has done nothing else: the thread with its
 * JavaScript, the bundle, the key, and what the proof itself works on. A key that the native prover maps counts too,
 * though its pages may be given back.
 *
 * Fitted to peak resident memory (VmHWM) of a pool of one and two threads, two proofs each, less that of the idle pool,
 * on Node 20.20 for x86-64. Measured (fitted), in MiB, by size of the key: 2.4 MiB native 123 (132), wasm 142 (173),
 * snarkjs 140 (276); 6.5 MiB 134 (143), 171 (196), 179 (308); 67 MiB 141 (259), 421 (529), 333 (793). snarkjs leaves
 * much to the garbage collector, so that it takes more at some times than at others.
 */
export function proofMemory(
  { files, constraints }: Pick<Manifest, 'files' | 'constraints'>,
  { backend = 'auto', threads = 1 }: { readonly backend?: Backend; readonly threads?: number } = {},
): number {
  const key = files['proving.zkey'].bytes
  const others = (threads - 1) * furtherThread
  switch (availableBackend(backend)) {
    case 'native': {
      const domain = 2 ** Math.ceil(Math.log2(constraints.total + 1))
      return 128 * mebi + key + nativeElements * elementBytes * domain + others
    }
    case 'wasm':
      return 160 * mebi + Math.ceil(5.5 * key) + others
    case 'snarkjs':
      return 256 * mebi + 8 * key + others
  }
}
