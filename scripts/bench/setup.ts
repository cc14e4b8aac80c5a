/**
 * Times the development set-up, a snarkjs proof and its verification over synthetic circuits.
 *
 * Usage: `npm run build && node dist/scripts/bench/setup.js [CONSTRAINTS…]`; prints one JSON line a circuit.
 */
import { availableParallelism, cpus } from 'node:os'
import { createSnarkjsProver } from '#prover/backends/snarkjs.js'
import { verifyProof } from '#prover/proof/verify.js'
import { checkWitness } from '#prover/r1cs/check.js'
import { writeWitness } from '#prover/r1cs/witness.js'
import { developmentSetup } from '#prover/setup/development.js'
import { syntheticCircuit } from '#scripts/bench/synthetic-circuit.js'

async function timed<Result>(work: () => Promise<Result>): Promise<[Result, number]> {
  const start = performance.now()
  const result = await work()
  return [result, Math.round(performance.now() - start)]
}

const sizes = process.argv.slice(2).map(Number)
const prover = createSnarkjsProver()
for (const constraints of sizes.length > 0 ? sizes : [1_000, 10_000, 110_000]) {
  const { r1cs, witness } = syntheticCircuit(constraints)
  if (checkWitness(r1cs, witness) !== undefined) throw new Error('the synthetic witness is wrong')
  const cpuBefore = process.cpuUsage()
  const [{ zkey, verificationKey }, setup] = await timed(() => developmentSetup(r1cs))
  const cpu = process.cpuUsage(cpuBefore)
  const setupMemory = process.resourceUsage().maxRSS
  const [proof, prove] = await timed(() => prover.prove({ zkey, witness: writeWitness(witness) }))
  const [valid, verify] = await timed(() => verifyProof(verificationKey, proof))
  const row = {
    constraints,
    terms: r1cs.a.wires.length + r1cs.b.wires.length + r1cs.c.wires.length,
    zkeyBytes: zkey.length,
    setupMilliseconds: setup,
    setupCpuMilliseconds: Math.round((cpu.user + cpu.system) / 1000),
    setupPeakMegabytes: Math.round(setupMemory / 1024),
    snarkjsProveMilliseconds: prove,
    verifyMilliseconds: verify,
    valid,
    machine: `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`,
  }
  process.stdout.write(`${JSON.stringify(row)}\n`)
}
await prover.close()
