/** The process of one contestant: holds a key, and makes a proof whenever the bench asks for one. */
import { readFileSync } from 'node:fs'
import { toZkserveError } from '#circuits/errors.js'
import { loadNativeAddon } from '#prover/backends/native-addon.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { type Contestant, nativeBuildOf, proverOf } from '#scripts/bench/prover/contestants.js'
import type { ProofMeasure, Spent } from '#scripts/bench/prover/result.js'
import { type Subject, witnessSource } from '#scripts/bench/prover/subject.js'

/** What the bench says; `round` chooses the witness, 0 also warms up. */
export type ContestantRequest = { readonly round: number } | 'memory'

export type ContestantReply =
  | { readonly measure: ProofMeasure; readonly proof: ProofWithSignals }
  /** Bytes. */
  | { readonly memory: number }
  | { readonly error: string }

/** For witnesses and for proofs, in ms. */
const warmUpTime = 1000

/** Multiplications that are timed after each proof. */
const timedMultiplications = 2_000_000

const [contestant, subject] = process.argv.slice(2).map((text) => JSON.parse(text)) as [Contestant, Subject]
const memoryBefore = peakMemory()
const prover = proverOf(contestant)
const build = nativeBuildOf(contestant.backend)
const arithmetic = build === null ? null : loadNativeAddon(build)!.arithmetic
// snarkjs' way is circom's calculator.
const witnesses = witnessSource(subject, contestant.backend === 'snarkjs' ? 'circom' : 'plan')

process.on('message', async (request: ContestantRequest) => {
  process.send?.(await answer(request))
})

async function answer(request: ContestantRequest): Promise<ContestantReply> {
  try {
    return request === 'memory' ? { memory: peakMemory() - memoryBefore } : await prove(request.round)
  } catch (error) {
    const { code, message } = toZkserveError(error)
    return { error: `${code}: ${message}` }
  }
}

async function prove(round: number): Promise<ContestantReply> {
  const source = await witnesses
  const isGiven = typeof subject.witness === 'string'
  const repeat = round === 0 ? warmUpTime : 0
  const [witness, witnessTime] = await spentOnLast(isGiven ? 0 : repeat, () => source(round))
  const [timed, proveTime] = await spentOnLast(repeat, () => prover.prove({ zkey: subject.zkey, witness }))
  const { stages = null, proof, publicSignals } = timed
  const measure = {
    witness: isGiven ? { cpu: 0, wall: 0 } : witnessTime,
    prove: proveTime,
    stages,
    multiplication:
      arithmetic === null
        ? null
        : (arithmetic.multiplications(timedMultiplications) * 1e6) / timedMultiplications,
  }
  return { measure, proof: { proof, publicSignals } }
}

/** Repeats the work for so many ms, as a service that runs for a while does; slow back ends do it once. */
async function spentOnLast<Result>(repeat: number, work: () => Promise<Result>): Promise<[Result, Spent]> {
  const end = performance.now() + repeat
  let last = await spent(work)
  while (performance.now() < end) last = await spent(work)
  return last
}

async function spent<Result>(work: () => Promise<Result>): Promise<[Result, Spent]> {
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  const result = await work()
  const wall = performance.now() - start
  const { user, system } = process.cpuUsage(cpuBefore)
  return [result, { cpu: (user + system) / 1000, wall }]
}

/** In bytes. Linux counts the parent's memory into a new process's maxRSS, but not into VmHWM. */
function peakMemory(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    if (kilobytes !== undefined) return Number(kilobytes) * 1024
  } catch {
    // Elsewhere there is no such file.
  }
  return process.resourceUsage().maxRSS * 1024
}
