/**
 * Compares the proving back ends on the same keys and witnesses, one thread each, in alternation.
 *
 * Usage: `npm run bench:prover -- [--rounds=N] [CONSTRAINTS | KEY.zkey:WITNESS.wtns]…`; numbers stand for synthetic
 * circuits with that many constraints. Prints one JSON line a circuit: medians of CPU time in ms, ratios to snarkjs,
 * and CPU time by stage of the fastest native build.
 */
import { readFileSync } from 'node:fs'
import { createNativeProver } from '#prover/backends/native.js'
import { loadNativeAddon, type NativeBuild, type ProofStages } from '#prover/backends/native-addon.js'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { readZkeySizes } from '#prover/key/from-zkey.js'
import type { ProveRequest, Prover } from '#prover/prover.js'
import { writeWitness } from '#prover/r1cs/witness.js'
import { developmentSetup } from '#prover/setup/development.js'
import { describeMachine } from '#scripts/bench/machine.js'
import { median } from '#scripts/bench/median.js'
import { syntheticCircuit } from '#scripts/bench/synthetic-circuit.js'

const builds: readonly NativeBuild[] = ['portable', 'bmi2', 'ifma']

async function requestOf(circuit: string): Promise<ProveRequest & { readonly zkey: Uint8Array }> {
  const [zkey, witness] = circuit.split(':')
  if (witness !== undefined) return { zkey: readFileSync(zkey!), witness: readFileSync(witness) }
  const synthetic = syntheticCircuit(Number(circuit))
  const setup = await developmentSetup(synthetic.r1cs)
  return { zkey: setup.zkey, witness: writeWitness(synthetic.witness) }
}

/** CPU time of all threads, in ms. */
async function cpuOf<Result>(work: () => Promise<Result>): Promise<[Result, number]> {
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return [result, (user + system) / 1000]
}

const rounded = (value: number): number => Number(value.toPrecision(3))

async function compare(
  circuit: string,
  provers: ReadonlyMap<string, Prover>,
  rounds: number,
): Promise<object> {
  const request = await requestOf(circuit)
  const times = new Map<string, number[]>([...provers.keys()].map((name) => [name, []]))
  let stages: ProofStages | undefined
  // The first round loads keys and compiles: it does not count.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, prover] of provers) {
      const [proof, time] = await cpuOf(() => prover.prove(request))
      if (round > 0) times.get(name)!.push(time)
      if ('stages' in proof) stages = proof.stages as ProofStages
    }
  }
  const medians = [...times].map(([name, values]) => [name, median(values)] as const)
  const snarkjs = medians.find(([name]) => name === 'snarkjs')![1]
  const { domainSize, wireCount } = readZkeySizes(request.zkey)
  return {
    circuit,
    domain: domainSize,
    signals: wireCount,
    milliseconds: Object.fromEntries(medians.map(([name, time]) => [name, rounded(time)])),
    ratios: Object.fromEntries(medians.map(([name, time]) => [name, rounded(snarkjs / time)])),
    stages: Object.fromEntries(Object.entries(stages ?? {}).map(([name, time]) => [name, rounded(time)])),
  }
}

const options = process.argv.slice(2)
const rounds = Number(options.find((each) => each.startsWith('--rounds='))?.slice(9) ?? 3)
const circuits = options.filter((each) => !each.startsWith('--'))
const fastest = loadNativeAddon('portable')?.fastest()
const provers = new Map<string, Prover>([['snarkjs', createSnarkjsProver({ singleThread: true })]])
for (const build of fastest === undefined ? [] : builds.slice(0, builds.indexOf(fastest) + 1)) {
  provers.set(build, createNativeProver({ build }))
}
process.stdout.write(`${JSON.stringify({ machine: describeMachine(), rounds })}\n`)
for (const circuit of circuits.length > 0 ? circuits : ['4000', '16000', '64000']) {
  process.stdout.write(`${JSON.stringify(await compare(circuit, provers, rounds))}\n`)
}
for (const prover of provers.values()) await prover.close()
