import { createRequire } from 'node:module'
import { ZkserveError } from '#circuits/errors.js'

/**
 * Path of the anvil binary inside the npm package for this platform; needs no install script.
 *
 * @throws CHAIN_UNREACHABLE if there is no package for the platform.
 */
export function anvilBinary(): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const name = process.platform === 'win32' ? 'anvil.exe' : 'anvil'
  const path = `@foundry-rs/anvil-${process.platform}-${architecture}/bin/${name}`
  try {
    return createRequire(import.meta.url).resolve(path)
  } catch (cause) {
    throw new ZkserveError(
      'CHAIN_UNREACHABLE',
      `no embedded anvil for ${process.platform} on ${process.arch}`,
      {
        hints: ['Give an RPC address, or install with optional dependencies (`npm ci --include=optional`).'],
        cause,
      },
    )
  }
}
