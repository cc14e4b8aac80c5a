/** The whole way, seen: a digit classified, proven, accepted by a contract once, and five forgeries refused. */
import { ZkserveError } from '#circuits/errors.js'
import { acceptDigit } from '#service/chain/accept-digit.js'
import { proveFor, requestPicture, testRow } from '#service/demo/act.js'
import { askAnswer } from '#service/demo/client.js'
import { tryForgeries } from '#service/demo/forgeries.js'
import { type DemoOptions, keepServing, sayFor, stageOptions } from '#service/demo/options.js'
import { drawPicture } from '#service/demo/picture.js'
import { ensureBundle, readProjectModel } from '#service/demo/project-models.js'
import { setStage } from '#service/demo/stage.js'
import { summarise } from '#service/demo/summary.js'

const digitsShown = 6

/** @throws ZkserveError `INTERNAL` where a forgery is accepted, and what an honest step was refused with */
export async function runDemo(options: DemoOptions = {}): Promise<void> {
  const say = sayFor(options)
  const started = performance.now()
  const [mlp, cnn] = [await readProjectModel('mnist-mlp'), await readProjectModel('digits-cnn')]
  say('1. Bundles: quantised, compiled to circuits, keys made (development set-up)')
  const bundles = []
  for (const source of [mlp, cnn]) {
    const begun = performance.now()
    const bundle = await ensureBundle(source)
    bundles.push(bundle)
    const { constraints, modelHash } = bundle.manifest
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    say(`   ${source.name}: ${constraints.total} constraints, ${modelHash.slice(0, 18)}…, ${seconds} s`)
  }
  const [digitModel, otherModel] = bundles as [(typeof bundles)[0], (typeof bundles)[0]]

  const stage = await setStage(bundles, stageOptions(options))
  try {
    say(`2. Chain at ${stage.rpcUrl}, contracts deployed, models registered; service at ${stage.url}`)
    say(`3. Answers without proof, of ${mlp.name}`)
    for (let row = 0; row < digitsShown; row++) {
      const answer = await askAnswer(stage.url, testRow(mlp, row), { model: digitModel.manifest.vkHash })
      say(
        `   digit ${mlp.test.labels?.[row]} → ${answer.label}   (${answer.timings.inference.toFixed(1)} ms)`,
      )
    }

    const [consumer, otherConsumer] = stage.provenDigits
    const picture = testRow(mlp, 0)
    say('4. A contract asks about this picture, which it knows by a commitment alone')
    say(drawPicture(picture.data, 28))
    const request = await requestPicture(stage, consumer, digitModel, picture)
    const { reply, inference } = await proveFor(stage, consumer, digitModel, picture, request)
    const { digit, transaction } = await acceptDigit(stage.chain, { provenDigit: consumer, inference })
    say(`5. Proven and accepted on chain: it is a ${digit} (${transaction.gasUsed} gas)`)
    if (digit !== reply.label)
      throw new ZkserveError('INTERNAL', `the contract read ${digit}, not ${reply.label}`)

    const next = testRow(mlp, 1)
    const open = await requestPicture(stage, consumer, digitModel, next)
    await requestPicture(stage, otherConsumer, digitModel, next)
    await requestPicture(stage, otherConsumer, digitModel, next)
    const pending = await proveFor(stage, consumer, digitModel, next, open)
    const foreign = await proveFor(stage, consumer, otherModel, testRow(cnn, 0), open)
    const refusals = await tryForgeries(stage.chain, {
      provenDigit: consumer,
      accepted: inference,
      pending: pending.inference,
      otherModel: foreign.inference,
      otherConsumer,
    })
    say('6. Forgeries, each sent to the contract')
    for (const { forgery, refused, reason } of refusals) {
      say(`   ${forgery.padEnd(24)} ${refused ? 'refused' : 'ACCEPTED'}: ${reason}`)
    }
    const gas = {
      ...stage.gas,
      'request a digit': request.gasUsed,
      'accept a proven digit': transaction.gasUsed,
    }
    const summary = summarise(digitModel, reply, gas)
    say(summary.text)
    say(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s.`)
    if (options.json) process.stdout.write(`${JSON.stringify({ digit, refusals, ...summary.data })}\n`)
    const accepted = refusals.filter(({ refused }) => !refused)
    if (accepted.length > 0)
      throw new ZkserveError('INTERNAL', `accepted: ${accepted.map((r) => r.forgery).join(', ')}`)
    if (options.keep) await keepServing(stage.url, say)
  } finally {
    await stage.close()
  }
}
