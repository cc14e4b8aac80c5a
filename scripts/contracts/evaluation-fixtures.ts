import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bn254 } from '@noble/curves/bn254'
import { type Address, bytesToHex, getContractAddress } from 'viem'
import type { Graph } from '#circuits/graph/graph.js'
import { evaluationOf } from '#circuits/qmodel/evaluation.js'
import { createProver } from '#prover/backends/create-prover.js'
import { buildBundle } from '#prover/bundle/build.js'
import { commitBundle } from '#prover/bundle/commit.js'
import { type Bundle, loadBundle } from '#prover/bundle/load.js'
import { CurveEngine } from '#prover/curve/engine.js'
import { plainCoordinates } from '#prover/curve/points.js'
import { buildEvaluator, type Evaluator } from '#prover/evaluation/build.js'
import { chunkOfRows, chunkWords, commitChunk } from '#prover/evaluation/chunk.js'
import { type Chunk, type EvaluatedVersion, linkVersion, proveCount } from '#prover/evaluation/prove.js'
import type { G1Point } from '#prover/groth16.js'
import { encodeG2, encodeVerificationKey } from '#prover/key/encode.js'
import { defaultSettings } from '#prover/settings.js'
import { spanPoint } from '#prover/weights/architecture.js'
import { type CommitmentKey, spanKeyPoint } from '#prover/weights/commitment-key.js'
import { hexWord } from '#scripts/contracts/fixture-points.js'
import { encodeProofCalldata } from '#service/chain/encode-proof-calldata.js'
import {
  countBinding,
  evaluatorIdOf,
  evaluatorRecord,
  linkWords,
  testSetIdOf,
} from '#service/chain/evaluation-ids.js'
import { readProjectModel } from '#service/demo/project-models.js'

interface FixtureChain {
  readonly chainId: number
  readonly verifier: Address
  readonly deployer: Address
}

const rows = 4
const salts = [1234567890123456789n, 2n ** 200n + 5n]
/** The fixtures' deployment registers two models before. */
const modelIds = { a: 3n, b: 4n }

/** Makes evaluations.json: an evaluator of four rows, two chunks, and two versions with their links and counts. */
export async function makeEvaluationFixtures(
  folder: string,
  fixtures: string,
  chain: FixtureChain,
): Promise<void> {
  const source = await readProjectModel('breast-cancer')
  const settings = { ...defaultSettings, output: 'argmax', weights: 'committed', input: 'hashed' } as const
  const dirs = { a: join(folder, 'a'), b: join(folder, 'b') }
  await buildBundle(source.onnx, source.graph, source.calibration, dirs.a, settings)
  const a = await loadBundle(dirs.a)
  await commitBundle(
    { ...a, manifest: lenient(a) },
    source.onnx,
    contrary(source.graph),
    source.calibration,
    dirs.b,
  )
  const b = await loadBundle(dirs.b)
  const evaluator = await buildEvaluator(a, rows)
  const evaluation = evaluationOf(a.model, rows)
  const chunks = salts.map(
    (salt, k): Chunk => ({ integers: chunkOfRows(evaluation, source.test, k * rows), salt }),
  )

  const evaluations = getContractAddress({ from: chain.deployer, nonce: 5n })
  const record = evaluatorRecord(evaluator)
  const evaluatorId = evaluatorIdOf(record)
  const prover = createProver()
  try {
    const commitments = await commitmentsOf(evaluator, a, chunks)
    const testSet = testSetIdOf(evaluatorId, commitments)
    const versionOf = async (bundle: Bundle, modelId: bigint) => {
      const linked = linkVersion(evaluator, bundle)
      const prove = async (chunk: number, chainId = chain.chainId) => {
        const subject = { testSet, modelId, version: 1, chunk }
        const binding = countBinding({ ...chain, chainId, evaluations }, subject)
        const proven = await proveCount(evaluator, bundle, linked, chunks[chunk]!, binding, prover)
        const { proof } = encodeProofCalldata({ ...proven, ...binding })
        return { correct: proven.correct, proof: proof.map(hexWord) }
      }
      const { commitment, spanProof } = bundle.manifest.committed!
      return {
        served: { commitment: point(commitment), spanProof: point(spanProof) },
        evaluated: linkFixture(linked),
        counts: [await prove(0), await prove(1)],
        otherChain: await prove(0, 1),
        linked,
      }
    }
    const { linked, ...first } = await versionOf(a, modelIds.a)
    const { linked: _, ...second } = await versionOf(b, modelIds.b)
    const fixture = {
      evaluations,
      evaluatorId,
      testSet,
      served: architecture(a.architectureKey!.verificationKey, spanPoint(a.architectureKey!)),
      evaluated: architecture(evaluator.architectureKey, spanKeyPoint(evaluator.commitmentKey)),
      evaluator: { ...record, tag: hexWord(record.tag), linkKey: record.linkKey.map(hexWord) },
      chunks: chunks.map((chunk, k) => ({
        commitment: hexWord(commitments[k]!),
        salt: hexWord(chunk.salt),
        words: chunkWords(evaluation, chunk.integers).map(hexWord),
      })),
      a: { ...first, blindedAgain: blindedAgain(evaluator, linked) },
      b: second,
    }
    writeFileSync(`${fixtures}/evaluations.json`, `${JSON.stringify(fixture, null, 1)}\n`)
  } finally {
    await prover.close()
  }
}

async function commitmentsOf(
  evaluator: Evaluator,
  { model }: Bundle,
  chunks: readonly Chunk[],
): Promise<bigint[]> {
  const evaluation = evaluationOf(model, evaluator.rows)
  return Promise.all(chunks.map(({ integers, salt }) => commitChunk(evaluation, integers, salt)))
}

/** What anyone can make of a link that he sees: the same weights under another blinding, which nobody can open. */
function blindedAgain(evaluator: Evaluator, { commitment, spanProof, link }: EvaluatedVersion) {
  const { points, shifted } = evaluator.commitmentKey
  const last = (bytes: Uint8Array): Uint8Array => bytes.subarray(bytes.length - 64)
  return linkFixture({
    commitment: sum(commitment, last(points)),
    spanProof: sum(spanProof, last(shifted)),
    link: sum(link, last(evaluator.linkKey.points)),
  })
}

function sum([x, y]: G1Point, montgomery: CommitmentKey['points']): G1Point {
  const [u, v] = plainCoordinates(new CurveEngine(), montgomery)
  const added = bn254.G1.ProjectivePoint.fromAffine({ x: BigInt(x), y: BigInt(y) })
    .add(bn254.G1.ProjectivePoint.fromAffine({ x: u!, y: v! }))
    .toAffine()
  return [added.x.toString(), added.y.toString(), '1']
}

/** A model that answers otherwise: the last layer's weights with the other sign. */
function contrary(graph: Graph): Graph {
  const last = graph.nodes.findLastIndex(({ kind }) => kind === 'dense')
  const nodes = graph.nodes.map((node, i) => {
    if (i !== last || node.kind !== 'dense') return node
    return { ...node, weight: { ...node.weight, data: node.weight.data.map((value) => -value) } }
  })
  return { ...graph, nodes }
}

function lenient({ manifest }: Bundle): Bundle['manifest'] {
  return { ...manifest, quantisation: { ...manifest.quantisation, minAgreement: 0 } }
}

function architecture(
  key: Parameters<typeof encodeVerificationKey>[0],
  spanKey: Parameters<typeof encodeG2>[0],
) {
  return { key: bytesToHex(encodeVerificationKey(key)), spanKey: bytesToHex(encodeG2(spanKey)) }
}

function linkFixture(linked: Parameters<typeof linkWords>[0]) {
  const { weights, proof } = linkWords(linked)
  return {
    commitment: weights.commitment.map(hexWord),
    spanProof: weights.spanProof.map(hexWord),
    proof: proof.map(hexWord),
  }
}

function point([x, y]: G1Point): string[] {
  return [x, y].map(hexWord)
}
