import { existsSync } from 'node:fs'
import { type Command, Option } from 'commander'
import type { Address, Hex } from 'viem'
import { ZkserveError } from '#circuits/errors.js'
import type { ChainReader } from '#service/chain/connect-chain.js'
import type { ModelVersion } from '#service/chain/read-model.js'
import {
  amountOption,
  type Moment,
  readMoment,
  type VersionFlag,
  versionOption,
} from '#service/cli/chain-options.js'
import { secondsOf } from '#service/cli/open-chain.js'
import { etherText, timeText } from '#service/cli/sent-outcome.js'
import type { Cell } from '#service/cli/table.js'

/** What a contract is asked. */
export interface QuestionFlags {
  readonly model: VersionFlag
  readonly bundle: string
  readonly input: string
  readonly fee: bigint
  readonly deadline: Moment
  readonly salt?: string
  readonly reveal?: true
  readonly opening?: string
}

/** A question, ready to be sent. */
export interface ComposedQuestion extends VersionFlag {
  readonly input: readonly bigint[]
  /** Last second at which an answer is accepted. */
  readonly deadline: number
  /** For provers. */
  readonly data: Hex
  /** Of the input's commitment; null where the input is public. */
  readonly salt: bigint | null
  readonly saturated: number
}

/** Adds the options of a question. */
export function withQuestion(command: Command): Command {
  return command
    .addOption(versionOption('the version that is to answer').makeOptionMandatory())
    .requiredOption('--bundle <bundle>', 'its bundle, or the public view of it')
    .requiredOption('--input <file>', 'JSON {"input": [...]}, flat or nested; - for standard input')
    .addOption(amountOption('--fee <amount>', 'what is escrowed for the answer').makeOptionMandatory())
    .addOption(
      new Option('--deadline <time>', 'until when it is accepted: 2h from now on, or a date')
        .argParser(readMoment)
        .default({ in: 3600 }, '1h'),
    )
    .option('--opening <file>', 'where inputs are hashed: write here what a prover needs, for its eyes alone')
    .option('--reveal', 'or publish it on chain, for every prover and everybody else')
    .option('--salt <number>', 'or the salt of a watcher who has the input (default: drawn)')
}

/**
 * Quantises the input, as the registered version takes it. An opening is written before anything is sent.
 *
 * @throws ZkserveError `USAGE` where the bundle is another model's, or nobody could know the input; as reading files
 */
export async function composeQuestion(
  chain: ChainReader,
  registry: Address,
  flags: QuestionFlags,
): Promise<ComposedQuestion> {
  const { makePrivateFile } = await import('#prover/bundle/files.js')
  const { loadVerifiable } = await import('#prover/bundle/public-view.js')
  const { readModel } = await import('#service/chain/read-model.js')
  const { loadInput } = await import('#service/cli/load.js')
  const { openingText } = await import('#service/oracle/opening-file.js')
  const { questionInput } = await import('#service/oracle/question-input.js')
  const { encodeOpening } = await import('#service/oracle/read-input.js')
  const { readSalt } = await import('#service/proof-binding.js')
  const { model: version, salt, reveal, opening: path } = flags
  const { manifest } = await loadVerifiable(flags.bundle)
  requireModel(await readModel(chain, { registry, ...version }), manifest, version)
  const hidden = manifest.inputMode === 'hashed'
  if (hidden && salt === undefined && reveal === undefined && path === undefined)
    throw new ZkserveError('USAGE', 'the input is hashed: nobody could answer who does not know it', {
      hints: [
        'Hand provers what --opening writes, or name the --salt of a watcher, or --reveal it to everybody.',
      ],
    })
  if (!hidden && (salt !== undefined || reveal === true || path !== undefined))
    throw new ZkserveError('USAGE', 'the inputs of this model are public: there is nothing to open')
  if (path !== undefined && existsSync(path))
    throw new ZkserveError('USAGE', `"${path}" exists already: it may be what opens another request`)
  const inputs = await loadInput(flags.input, manifest.inputs, manifest.batch)
  const asked = await questionInput(manifest, inputs, salt === undefined ? undefined : readSalt(salt))
  const { signals, opening, saturated } = asked
  if (path !== undefined && opening !== null) await makePrivateFile(path, openingText(opening))
  return {
    ...version,
    ...{ input: signals, saturated, salt: opening?.salt ?? null },
    data: reveal === true && opening !== null ? encodeOpening(opening) : '0x',
    deadline: await secondsOf(chain, flags.deadline),
  }
}

/** @throws ZkserveError `USAGE` where a bundle is another model than the registered one */
export function requireModel(
  registered: Pick<ModelVersion, 'vkHash'>,
  manifest: Pick<ModelVersion, 'vkHash'>,
  { modelId, version }: VersionFlag,
): void {
  if (registered.vkHash === manifest.vkHash) return
  throw new ZkserveError('USAGE', `the bundle is another model than ${modelId}:${version}`, {
    hints: ['`zkserve model show --bundle` tells what differs.'],
    details: { registered: registered.vkHash, bundle: manifest.vkHash },
  })
}

/** A question for people. */
export function questionFacts(
  { modelId, version, input, deadline, salt, saturated }: ComposedQuestion,
  fee: bigint,
): (readonly [name: string, value: Cell])[] {
  return [
    ['model', `${modelId}:${version}`],
    salt === null ? ['input', input.join(' ')] : ['input commitment', input.join(' ')],
    ...(salt === null ? [] : [['salt (keep it private)', String(salt)] as const]),
    ...(saturated === 0 ? [] : [['input elements beyond the calibrated range', saturated] as const]),
    ['fee', etherText(fee)],
    ['deadline', timeText(deadline)],
  ]
}
