/** Private weights, seen: a digit proven, a retrained version committed and proven, and what is refused. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toZkserveError, ZkserveError } from '#circuits/errors.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { buildBundle } from '#prover/bundle/build.js'
import { commitBundle } from '#prover/bundle/commit.js'
import { type Bundle, loadBundle } from '#prover/bundle/load.js'
import type { Manifest } from '#prover/bundle/manifest.js'
import { defaultSettings } from '#prover/settings.js'
import { acceptDigit } from '#service/chain/accept-digit.js'
import { deployProvenDigit } from '#service/chain/deploy-proven-digit.js'
import { isCommittedUnder } from '#service/chain/is-committed-under.js'
import { registerModel } from '#service/chain/register-model.js'
import { registrationOf } from '#service/chain/registration-of.js'
import { proveFor, requestPicture, testRow } from '#service/demo/act.js'
import { type DemoOptions, keepServing, type Say, sayFor, stageOptions } from '#service/demo/options.js'
import { drawPicture } from '#service/demo/picture.js'
import { type ModelSource, readProjectModel } from '#service/demo/project-models.js'
import { retrained } from '#service/demo/retrain.js'
import { type Stage, setStage } from '#service/demo/stage.js'

const pictureWidth = 8

/**
 * @returns the digits that version A and B were shown to see, and what was refused why
 * @throws ZkserveError `INTERNAL` where a forgery is accepted, and what an honest step was refused with
 */
export async function runPrivateDemo(options: DemoOptions = {}): Promise<PrivateOutcome> {
  const say = sayFor(options)
  const folder = await mkdtemp(join(tmpdir(), 'zkserve-demo-'))
  try {
    const source = await readProjectModel('digits-cnn')
    const [first, second] = await makeVersions(source, folder, say)
    const stage = await setStage([first, second], { ...stageOptions(options), asVersions: true })
    try {
      const outcome = await showVersions(stage, source, first, second, say)
      if (options.json) process.stdout.write(`${JSON.stringify(outcome)}\n`)
      if (options.keep) await keepServing(stage.url, say)
      return outcome
    } finally {
      await stage.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A version built with compiler and set-up, and a retrained one without. */
async function makeVersions(source: ModelSource, folder: string, say: Say): Promise<[Bundle, Bundle]> {
  const { onnx, graph, calibration } = source
  say(`1. ${source.name}, weights private: compiled once, set up once (development set-up)`)
  const built = join(folder, 'first')
  const begun = performance.now()
  await buildBundle(onnx, graph, calibration, built, {
    ...defaultSettings,
    input: 'hashed',
    weights: 'committed',
  })
  const first = await loadBundle(built)
  say(
    `   ${first.hidden!.weights.length} weights, ${first.manifest.constraints.total} constraints, ${seconds(begun)}`,
  )
  say(`   version A: ${describe(first)}`)
  say('2. Retrained: new weights, committed without compiler and set-up')
  const again = performance.now()
  const newOnnx = retrained(onnx)
  const newGraph = { ...optimiseGraph(importOnnx(newOnnx)), name: source.name }
  await commitBundle(first, newOnnx, newGraph, calibration, join(folder, 'second'))
  const second = await loadBundle(join(folder, 'second'))
  say(`   version B: ${describe(second)}, ${seconds(again)}`)
  return [first, second]
}

export interface PrivateOutcome {
  readonly digits: readonly number[]
  readonly refusals: readonly { readonly forgery: string; readonly reason: string }[]
}

async function showVersions(
  stage: Stage,
  source: ModelSource,
  first: Bundle,
  second: Bundle,
  say: Say,
): Promise<PrivateOutcome> {
  const { modelId } = stage.registered[0]!
  for (const { manifest } of [first, second]) await requireCommitted(stage, manifest)
  say(
    `3. Both registered as versions of model ${modelId}: the registry checked that each commits to weights alone`,
  )
  const picture = testRow(source, 0)
  say(drawPicture(picture.data, pictureWidth))
  const consumers = [
    stage.provenDigits[0],
    (await deployProvenDigit(stage.chain, { verifier: stage.verifier, modelId, version: 2 })).address,
  ] as const
  const digits: number[] = []
  for (const [k, bundle] of [first, second].entries()) {
    const provenDigit = consumers[k]!
    const request = await requestPicture(stage, provenDigit, bundle, picture)
    const { inference } = await proveFor(stage, provenDigit, bundle, picture, request)
    const { digit, transaction } = await acceptDigit(stage.chain, { provenDigit, inference })
    digits.push(digit)
    say(
      `${4 + k}. Version ${'AB'[k]}: proven and accepted on chain, it is a ${digit} (${transaction.gasUsed} gas)`,
    )
  }
  const open = await requestPicture(stage, consumers[1], second, picture)
  const { inference } = await proveFor(stage, consumers[1], first, picture, open)
  const refusals = [
    await refusal("A's proof for B", acceptDigit(stage.chain, { provenDigit: consumers[1], inference })),
    await refusal('an unproven commitment', registerUnproven(stage, first, second)),
  ]
  say('6. Refused')
  for (const { forgery, reason } of refusals) say(`   ${forgery.padEnd(24)} ${reason}`)
  return { digits, refusals }
}

/** What a consumer asks before it relies on a version. @throws ZkserveError `INTERNAL` */
async function requireCommitted(stage: Stage, { vkHash, committed }: Manifest): Promise<void> {
  const { architectureId } = committed!
  const holds = await isCommittedUnder(stage.chain, { registry: stage.registry, vkHash, architectureId })
  if (!holds) throw new ZkserveError('INTERNAL', 'the registry does not know the commitment')
}

/** An owner whose commitment is not shown to be one to weights: it could shift outputs. */
async function registerUnproven(stage: Stage, first: Bundle, second: Bundle): Promise<unknown> {
  const honest = registrationOf(first, stage.registry)
  const commitment = second.manifest.committed!.commitment
  return registerModel(stage.chain, { ...honest, weights: { ...honest.weights!, commitment } })
}

/** What an attempt is refused with. @throws ZkserveError `INTERNAL` if it is not */
async function refusal(
  forgery: string,
  attempt: Promise<unknown>,
): Promise<{ readonly forgery: string; readonly reason: string }> {
  const outcome = await attempt.then(() => null, toZkserveError)
  if (outcome === null) throw new ZkserveError('INTERNAL', `accepted: ${forgery}`)
  if (outcome.code !== 'CHAIN_REJECTED') throw outcome
  return { forgery, reason: String(outcome.details.reason ?? outcome.message) }
}

function describe({ manifest }: Bundle): string {
  return `commitment ${BigInt(manifest.committed!.commitment[0]).toString(16).slice(0, 16)}…`
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}
