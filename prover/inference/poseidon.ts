import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Poseidon } from 'circomlibjs'

/**
 * The one file of circomlibjs that has Poseidon. Its entry also loads blake-hash, a native addon with a static
 * reference to its constructor: loaded by two threads, it corrupts the heap of the process when one of them ends.
 */
const entry = createRequire(import.meta.url).resolve('circomlibjs')
const file = pathToFileURL(join(dirname(entry), '..', 'src', 'poseidon_wasm.js'))
// Loaded with this module: ffjavascript, when it is loaded, forgets the engine that snarkjs may have started.
const { buildPoseidon }: typeof import('circomlibjs') = await import(file.href)

let poseidon: Promise<Poseidon> | undefined

/** Poseidon of circomlibjs, made once. */
export function loadPoseidon(): Promise<Poseidon> {
  poseidon ??= buildPoseidon()
  return poseidon
}
