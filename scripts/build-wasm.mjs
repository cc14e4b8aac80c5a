// Compiles the prover to WebAssembly, with clang 14 of Debian 12: clang-14, lld-14, wasi-libc, libc++-dev-wasm32,
// libc++abi-14-dev-wasm32, libclang-rt-14-dev-wasm32. The same sources give the same bytes.
//   node scripts/build-wasm.mjs [--check]
// --check compares with what is there instead of writing.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../prover/native/wasm/', import.meta.url))
const compiler = 'clang++-14'
const linkerOptions = [
  '--no-entry',
  '--import-memory',
  '--shared-memory',
  '--initial-memory=8388608',
  '--max-memory=4294967296',
  '-z',
  'stack-size=1048576',
  // What exceeds it is an error, not other data overwritten.
  '--stack-first',
  // Debian's libraries are built without atomics; what is used of them keeps no state.
  '--no-check-features',
  '--strip-all',
  '--export=__wasm_call_ctors',
  '--export=__stack_pointer',
]
const options = [
  '--target=wasm32-wasi',
  '-O3',
  '-std=c++17',
  ...['-msimd128', '-mbulk-memory', '-matomics'],
  ...['-fexceptions', '-fno-rtti', '-ftls-model=local-exec'],
  ...['-Wall', '-Wextra', '-Wno-bitwise-instead-of-logical', '-nostartfiles'],
  `-Wl,${linkerOptions.join(',')}`,
]

const isCheck = process.argv.includes('--check')
const output = mkdtempSync(join(tmpdir(), 'zkserve-wasm-'))
try {
  const file = join(output, 'prover.wasm')
  const run = spawnSync(compiler, [...options, 'prover.cc', 'runtime.cc', '-o', file], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (run.error) {
    process.stderr.write(`${compiler} cannot be run: ${run.error.message}\n`)
    process.exitCode = 2
  } else if (run.status !== 0) {
    process.exitCode = 1
  } else {
    finish(readFileSync(file))
  }
} finally {
  rmSync(output, { recursive: true, force: true })
}

function finish(code) {
  const hash = createHash('sha256').update(code).digest('hex')
  const hashFile = join(folder, 'prover.wasm.sha256')
  if (!isCheck) {
    writeFileSync(join(folder, 'prover.wasm'), code)
    writeFileSync(hashFile, `${hash}  prover.wasm\n`)
  } else if (readFileSync(hashFile, 'utf8') !== `${hash}  prover.wasm\n`) {
    process.stderr.write('prover.wasm is not what its sources give: run `node scripts/build-wasm.mjs`\n')
    process.exitCode = 1
  }
}
