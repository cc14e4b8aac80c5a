import { compileNamed, type NamedCircuit } from './compile.js'
import type { Claim } from './forge.js'
import { type Part, splitParts } from './part.js'

/** A component to be compiled, and what is claimed of it. */
export interface Instance {
  /** What it is called in reports and in the snapshot of costs. */
  readonly name: string
  /** Circom that makes component `g` of it from the array `x`, and fills the array `y`. */
  body(g: string, x: string, y: string): string
  readonly inputCount: number
  readonly outputCount: number
  /** Bit widths at which something happens. */
  readonly widths: readonly number[]
  readonly claims: readonly Omit<Claim, 'honest'>[]
}

export interface Batch {
  readonly circuit: NamedCircuit
  /** By instance. */
  readonly parts: readonly Part[]
}

/** Compiles instances side by side; templates come from circuits/lib or from further files, by name and text. */
export async function compileBatch(
  instances: readonly Instance[],
  includes: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<Batch> {
  const circuit = await compileNamed(batchSource(instances, [...includes, ...Object.keys(files)]), files)
  return { circuit, parts: splitParts(circuit, instances) }
}

/** One circuit that holds every instance: input x7, component g7, output y7 for the instance at 7. */
function batchSource(instances: readonly Instance[], includes: readonly string[]): string {
  const lines = instances.flatMap((instance, k) => [
    `  signal input x${k}[${instance.inputCount}];`,
    `  signal output y${k}[${instance.outputCount}];`,
    `  ${instance.body(`g${k}`, `x${k}`, `y${k}`)}`,
  ])
  return [
    'pragma circom 2.1.6;',
    ...includes.map((file) => `include "${file}";`),
    'template Batch() {',
    ...lines,
    '}',
    'component main = Batch();',
    '',
  ].join('\n')
}

/** A gadget with one input and one output signal. */
export function unary(
  name: string,
  output = 'y',
): Pick<Instance, 'name' | 'body' | 'inputCount' | 'outputCount'> {
  return {
    name,
    inputCount: 1,
    outputCount: 1,
    body: (g, x, y) => `component ${g} = ${name}; ${g}.x <== ${x}[0]; ${y}[0] <== ${g}.${output};`,
  }
}

/** Claims with the honest witness that circom's calculator gives, for every instance of a batch. */
export async function honestClaims(
  { circuit, parts }: Batch,
  instances: readonly Instance[],
): Promise<Claim[][]> {
  const claims: Claim[][] = instances.map(({ claims }) => claims.map((claim) => ({ ...claim, honest: null })))
  const possible = instances.map(({ claims }) => claims.flatMap(({ expected }, at) => (expected ? [at] : [])))
  const rounds = Math.max(...possible.map((list) => list.length))
  for (let round = 0; round < rounds; round++) {
    const chosen = possible.map((list) => list[round % list.length]!)
    const inputs = instances.map(({ claims }, k) => [`x${k}`, claims[chosen[k]!]!.inputs] as const)
    const values = await circuit.witness(Object.fromEntries(inputs))
    parts.forEach((part, k) => {
      const honest = part.wires.map((wire) => values[wire]!)
      claims[k]![chosen[k]!] = { ...claims[k]![chosen[k]!]!, honest }
    })
  }
  return claims
}
