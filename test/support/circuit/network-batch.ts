import type { InputMode } from '#circuits/analyse/account.js'
import type { WeightMode } from '#circuits/analyse/weight-plan.js'
import { emitCircuit } from '#circuits/emit/emit.js'
import type { QModel } from '#circuits/qmodel/qmodel.js'
import { type Batch, compileBatch } from './batch.js'
import type { CostedInstance } from './gadgets.js'
import { networkInstance } from './networks.js'

const library = ['bits.circom', 'rescale.circom', 'maximum.circom', 'table.circom', 'commitment.circom']

/** A model in one mode; `rewrite` may change the emitted text. */
export interface NetworkSpec {
  readonly model: QModel
  readonly mode: InputMode
  readonly weights?: WeightMode
  readonly rewrite?: (source: string) => string
}

/** Compiles emitted circuits side by side. */
export async function networkBatch(
  specs: readonly NetworkSpec[],
): Promise<{ readonly batch: Batch; readonly instances: readonly CostedInstance[] }> {
  const instances = await Promise.all(
    specs.map(({ model, mode, weights }, k) => networkInstance(model, mode, `Network${k}`, weights)),
  )
  const templates = specs.map(({ model, mode, weights = 'fixed', rewrite }, k) => {
    const { source } = emitCircuit(model, mode, { weights })
    return asTemplate(rewrite ? rewrite(source) : source, `Network${k}`)
  })
  const text = ['pragma circom 2.1.6;', ...library.map((file) => `include "${file}";`), ...templates].join(
    '\n',
  )
  return { batch: await compileBatch(instances, [], { 'networks.circom': text }), instances }
}

/** The emitted text without its main, under another name. */
function asTemplate(source: string, template: string): string {
  const kept = source.split('\n').filter((line) => !/^(pragma|include|component main)/.test(line))
  return kept.join('\n').replace('template Network()', `template ${template}()`)
}
