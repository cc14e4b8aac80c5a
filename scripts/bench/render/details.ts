import { fixed, markdownTable, rounded } from '#scripts/bench/render/markdown.js'
import { megabytes, percent, seconds } from '#scripts/bench/render/units.js'
import type { ModelResult } from '#scripts/bench/result.js'

export function renderBuild(models: readonly ModelResult[]): string {
  const head = ['model', 'quantise, s', 'emit, s', 'compile, s', 'set-up, s', 'write, s', 'total, s']
  const memory = ['build process, MB', 'compiler, MB', 'compiler', 'load']
  const rows = models.map(({ name, build: { timings, total }, memory: peak, compiler, loadAverage }) => [
    name,
    seconds(timings.quantise),
    seconds(timings.emit),
    seconds(timings.compile),
    seconds(timings.setup),
    seconds(timings.write),
    seconds(total),
    megabytes(peak.build),
    megabytes(peak.compiler),
    `${compiler.name} ${compiler.version} ${compiler.flags.join(' ')}`,
    fixed(loadAverage, 1),
  ])
  return markdownTable([...head, ...memory], rows)
}

export function renderProof(models: readonly ModelResult[]): string {
  const times = ['witness, ms', 'prove, s', 'verify, ms']
  const head = [
    'model',
    'back end',
    ...times.map((time) => `first ${time}`),
    ...times,
    'CPU, s',
    'runs',
    'memory, MB',
  ]
  const rows = models.map(({ name, prove: { backend, first, median, cpu, runs }, memory }) => [
    name,
    backend,
    ...[first, median].flatMap((of) => [rounded(of.witness), seconds(of.prove), rounded(of.verify)]),
    seconds(cpu),
    runs,
    megabytes(memory.prove),
  ])
  return markdownTable(head, rows)
}

export function renderSizes(models: readonly ModelResult[]): string {
  const head = ['model', 'wires', 'r1cs, MB', 'witness wasm, MB', 'proving key, MB', 'verifying key, B']
  const proof = ['proof as JSON, B', 'calldata of consume, B']
  const rows = models.map(({ name, wires, files, prove }) => [
    name,
    wires,
    megabytes(files['circuit.r1cs'] ?? null),
    megabytes(files['circuit.wasm'] ?? null),
    megabytes(files['proving.zkey'] ?? null),
    files['verification_key.json'] ?? null,
    prove.proofBytes,
    prove.calldataBytes,
  ])
  return markdownTable([...head, ...proof], rows)
}

export function renderAccuracy(models: readonly ModelResult[]): string {
  const head = ['model', 'rows', 'float', 'integer', 'agreement', 'largest output error', 'mean output error']
  const rows = models.map(({ name, accuracy }) => [
    name,
    accuracy.count,
    percent(accuracy.floatAccuracy),
    percent(accuracy.integerAccuracy),
    percent(accuracy.agreement),
    fixed(accuracy.maxAbsError, 4),
    fixed(accuracy.meanAbsError, 4),
    accuracy.saturatedRows,
  ])
  return markdownTable([...head, 'rows with inputs out of range'], rows)
}

export function renderGas(models: readonly ModelResult[]): string {
  const head = ['model', 'public signals', 'register', 'accept one', 'first nonce of 256', 'in a batch, each']
  const rows = models.map(({ name, publicSignals, gas }) => [
    name,
    publicSignals,
    gas.register,
    gas.accept,
    gas.acceptFirst,
    gas.batchEach,
    gas.batchSource === null ? '-' : `${gas.batchSource}, batch of ${gas.batchSize}`,
  ])
  return markdownTable([...head, 'batch figure'], rows)
}
