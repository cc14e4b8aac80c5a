/**
 * Builds the native prover where a C++ compiler is at hand. Without one the installation goes on: snarkjs proves.
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'prover', 'native')
const gyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js')

const { status, stderr } = spawnSync(
  process.execPath,
  [gyp, 'rebuild', '--jobs', 'max', '--loglevel', 'error'],
  {
    cwd: folder,
    encoding: 'utf8',
  },
)
if (status !== 0) {
  const reason = stderr.split('\n').find((line) => /error:|not found|No such file/i.test(line)) ?? 'unknown'
  console.warn(
    `zkserve: the native prover was not built (${reason.trim()}); snarkjs makes the proofs instead.`,
  )
}
