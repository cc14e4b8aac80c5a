import { loadavg } from 'node:os'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import type { VerificationKey } from '#prover/groth16.js'
import { verifyProof } from '#prover/proof/verify.js'
import { median } from '#scripts/bench/median.js'
import { ContestantHandle } from '#scripts/bench/prover/contestant-handle.js'
import { type Contestant, nativeBuildOf } from '#scripts/bench/prover/contestants.js'
import { countMultiplications } from '#scripts/bench/prover/count.js'
import { distanceOf } from '#scripts/bench/prover/distance.js'
import type { ContestantResult, ProofMeasure, Spent, SubjectResult } from '#scripts/bench/prover/result.js'
import type { Subject } from '#scripts/bench/prover/subject.js'
import { runTask } from '#scripts/bench/run-task.js'

/**
 * Has contestants prove the same statements in alternation. Those that fail, or make a wrong proof, are left out.
 * @param rounds proofs that count; one before them loads keys and warms up, and is verified
 */
export async function compare(
  subject: Subject,
  contestants: readonly Contestant[],
  rounds: number,
  say: (text: string) => void,
): Promise<SubjectResult> {
  const loadAverage = loadavg()[0]!
  const { sizes, verificationKey, scalars, work } = (await runTask('proofWork', subject)).result
  const handles = contestants.map((contestant) => new ContestantHandle(contestant, subject))
  try {
    const measures = new Map(handles.map((handle) => [handle, [] as ProofMeasure[]]))
    const failures: SubjectResult['failures'][number][] = []
    for (let round = 0; round <= rounds; round++) {
      say(round === 0 ? 'first proofs' : `round ${round} of ${rounds}`)
      for (const [handle, list] of measures) {
        try {
          const { measure, proof } = await handle.prove(round)
          if (round > 0) list.push(measure)
          else await checkProof(handle.contestant, verificationKey, proof)
        } catch (error) {
          const { message } = toZkserveError(error)
          say(message)
          failures.push({ ...handle.contestant, message })
          measures.delete(handle)
        }
      }
    }
    const results: ContestantResult[] = []
    for (const [handle, list] of measures) {
      results.push({ ...summarise(handle.contestant, list), memory: await handle.memory() })
    }
    const counts = countMultiplications(work)
    return {
      name: subject.name,
      kind: subject.kind,
      domain: sizes.domainSize,
      signals: sizes.wireCount,
      publicSignals: sizes.publicCount,
      scalars,
      loadAverage,
      contestants: results,
      failures,
      distances: results.flatMap(({ backend, threads, stages, multiplication }) => {
        const build = nativeBuildOf(backend)
        return build === null || threads !== 1 || stages === null || multiplication === null
          ? []
          : [distanceOf(build, multiplication, counts, stages)]
      }),
    }
  } finally {
    await Promise.all(handles.map((handle) => handle.close()))
  }
}

async function checkProof(
  { backend, threads }: Contestant,
  verificationKey: VerificationKey,
  proof: unknown,
): Promise<void> {
  // A malformed proof throws; it is as wrong as one that does not verify.
  if (await verifyProof(verificationKey, proof).catch(() => false)) return
  throw new ZkserveError('INTERNAL', `${backend} on ${threads} threads: a proof that does not verify`)
}

function summarise(
  contestant: Contestant,
  measures: readonly ProofMeasure[],
): Omit<ContestantResult, 'memory'> {
  const middle = (value: (measure: ProofMeasure) => number) => median(measures.map(value))
  const spent = (of: (measure: ProofMeasure) => Spent): Spent => ({
    cpu: middle((measure) => of(measure).cpu),
    wall: middle((measure) => of(measure).wall),
  })
  const [{ stages, multiplication }] = measures as [ProofMeasure]
  return {
    ...contestant,
    witness: spent(({ witness }) => witness),
    prove: spent(({ prove }) => prove),
    both: spent(({ witness, prove }) => ({
      cpu: witness.cpu + prove.cpu,
      wall: witness.wall + prove.wall,
    })),
    stages:
      stages === null
        ? null
        : Object.fromEntries(
            Object.keys(stages).map((name) => [name, middle((each) => each.stages![name]!)]),
          ),
    multiplication: multiplication === null ? null : middle((each) => each.multiplication!),
  }
}
