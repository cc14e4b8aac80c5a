import { join } from 'node:path'
import { ZkserveError } from '#circuits/errors.js'
import type { FloatTensor } from '#circuits/graph/graph.js'
import { quantiseInputs } from '#circuits/qmodel/inputs.js'
import { type Bundle, readBundleFile } from '#prover/bundle/load.js'
import type { BundleFile } from '#prover/bundle/manifest.js'
import { contextOf, type ProofBinding } from '#prover/context.js'
import { scalarModulus } from '#prover/curve/bn254.js'
import type { ProofWithSignals } from '#prover/groth16.js'
import { commitInputs, drawSalt } from '#prover/inference/commitment.js'
import { type Inference, inferIntegers } from '#prover/inference/infer.js'
import { packInputs } from '#prover/inference/pack-inputs.js'
import { decodeOutputs } from '#prover/inference/public-signals.js'
import { parseVerificationKey } from '#prover/key/parse.js'
import { parseProof } from '#prover/proof/parse.js'
import { type PreparedKey, prepareKey } from '#prover/proof/prepared-key.js'
import { verifyPrepared } from '#prover/proof/verify.js'
import type { ProveRequest, Prover, ProverName, TimedProof, ZkeyFile } from '#prover/prover.js'
import { circuitSignals } from '#prover/witness/signals.js'
import { Witnesses, type WitnessMethod, witnessMethod } from '#prover/witness/witnesses.js'

export type ProvingStage = 'witness' | 'prove' | 'verify'

export interface ProveOptions {
  /** For whom the proof is made. */
  readonly context: ProofBinding
  /** Blinds the input commitment; drawn afresh by default. Below the field's order. */
  readonly salt?: bigint
  readonly signal?: AbortSignal
  /** See {@link ProveRequest}. */
  readonly cancelled?: Uint8Array
  /** See {@link ProveRequest}. */
  readonly progress?: Int32Array
  readonly onStage?: (stage: ProvingStage) => void
}

/** An answer with its proof. */
export interface ProvenInference extends Inference, ProofWithSignals {
  /** The commitment as a decimal string; null where the inputs themselves are public. */
  readonly inputCommitment: string | null
  /** Opens the commitment; for whoever gave the input alone. Null where the inputs are public. */
  readonly salt: string | null
  readonly context: ProofBinding
  readonly backend: ProverName
  readonly timings: ProofTimings
}

/** Milliseconds of each step; of `prove` also the CPU time of its parts, where the back end tells. */
export interface ProofTimings extends Readonly<Record<ProvingStage, number>>, Pick<TimedProof, 'stages'> {
  /** The integer model's answer, quantisation included. */
  readonly inference: number
}

/** What a prover reads of a bundle; kept between proofs. */
export interface ProvingFiles {
  readonly witnesses: Witnesses
  readonly zkey: ZkeyFile
  readonly verifier: PreparedKey
}

/** @param method of computing witnesses; by default what ZKSERVE_WITNESS says, the plan if it says nothing */
export async function readProvingFiles(
  bundle: Bundle,
  method: WitnessMethod = witnessMethod(process.env.ZKSERVE_WITNESS),
): Promise<ProvingFiles> {
  const plan = await readBundleFile(bundle, 'witness.plan')
  const keyFile = (name: BundleFile) => {
    const entry = bundle.manifest.files[name]
    return entry && { path: join(bundle.dir, name), sha256: entry.sha256 }
  }
  const quotient = keyFile('proving.quotient')
  const zkey: ZkeyFile = { ...keyFile('proving.zkey')!, ...(quotient ? { quotient } : {}) }
  const witnesses = Witnesses.load(plan, () => readBundleFile(bundle, 'circuit.wasm'), method)
  // Loading the bundle has linted the key.
  return { witnesses, zkey, verifier: prepareKey(parseVerificationKey(bundle.verificationKey)) }
}

/**
 * Proves one inference. The proof is verified, and its public signals compared with the integer interpreter's
 * answer, before it is returned.
 * @throws ZkserveError `INVALID_INPUT`, `PROVING_FAILED`, `CANCELLED`
 */
export async function proveInference(
  bundle: Bundle,
  prover: Prover,
  inputs: ReadonlyMap<string, FloatTensor>,
  options: ProveOptions,
  files?: ProvingFiles,
): Promise<ProvenInference> {
  const { model, manifest } = bundle
  const { witnesses, zkey, verifier } = files ?? (await readProvingFiles(bundle))
  const begun = performance.now()
  const { integers, saturated } = quantiseInputs(model, inputs)
  const inference = inferIntegers(model, integers)
  const hashed = manifest.inputMode === 'hashed'
  const salt = hashed ? checkedSalt(options.salt ?? drawSalt()) : null
  const context = contextOf(options.context)
  const timings = { inference: performance.now() - begun, witness: 0, prove: 0, verify: 0 }
  const timed = async <T>(stage: ProvingStage, work: () => Promise<T>): Promise<T> => {
    if (options.signal?.aborted) throw new ZkserveError('CANCELLED', 'the proof was cancelled')
    options.onStage?.(stage)
    const start = performance.now()
    const result = await work()
    timings[stage] = performance.now() - start
    return result
  }

  const signals = circuitSignals(bundle, integers, salt, context)
  const witness = await timed('witness', () => witnesses.calculate(signals))
  const whole = await timed('prove', () => prover.prove({ zkey, witness, ...watchersOf(options) }))
  // Hidden weights are public to the back end alone: the verifying key holds their share.
  const publicSignals = whole.publicSignals.slice(0, manifest.publicSignals.length)
  const proven = { proof: whole.proof, publicSignals }
  const valid = await timed('verify', async () => verifies(verifier, proven))
  if (!valid) throw new ZkserveError('PROVING_FAILED', 'the proof that was made does not verify')

  const bound = salt === null ? packInputs(model, integers) : [await commitInputs(model, integers, salt)]
  const claimed = decodeOutputs(model, manifest.publicSignals, proven.publicSignals)
  const first = proven.publicSignals.slice(0, bound.length).map(BigInt)
  const agrees =
    JSON.stringify(claimed) === JSON.stringify(inference.integers) &&
    bound.every((value, i) => value === first[i]) &&
    BigInt(proven.publicSignals.at(-1)!) === context
  if (!agrees) throw new ZkserveError('PROVING_FAILED', 'the circuit and the integer model disagree')
  return {
    ...inference,
    saturated,
    ...proven,
    inputCommitment: hashed ? proven.publicSignals[0]! : null,
    salt: salt === null ? null : salt.toString(),
    context: options.context,
    backend: prover.name,
    timings: whole.stages === undefined ? timings : { ...timings, stages: whole.stages },
  }
}

/** Whether a fresh proof holds: a damaged key's points may even lie beside the curve. */
function verifies(verifier: PreparedKey, proven: ProofWithSignals): boolean {
  try {
    return verifyPrepared(verifier, parseProof(proven))
  } catch (error) {
    if (error instanceof ZkserveError && error.code === 'INVALID_PROOF') return false
    throw error
  }
}

function watchersOf({
  signal,
  cancelled,
  progress,
}: ProveOptions): Pick<ProveRequest, 'signal' | 'cancelled' | 'progress'> {
  return {
    ...(signal ? { signal } : {}),
    ...(cancelled ? { cancelled } : {}),
    ...(progress ? { progress } : {}),
  }
}

function checkedSalt(salt: bigint): bigint {
  if (salt >= 0n && salt < scalarModulus) return salt
  throw new ZkserveError(
    'INVALID_INPUT',
    'wrong salt: expected a number below the order of the BN254 scalar field',
  )
}
