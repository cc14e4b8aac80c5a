import { type Command, Option } from 'commander'
import { type Backend, backends } from '#prover/backends/backend-names.js'
import type { ProvenInference } from '#prover/prove.js'
import { describeInference } from '#service/cli/describe-inference.js'
import { formatFacts } from '#service/cli/table.js'
import { addCommand, type VerbContext } from '#service/cli/verb.js'

interface Flags {
  readonly input: string
  readonly out: string
  readonly requester?: string
  readonly nonce?: string
  readonly chainId?: string
  readonly verifier?: string
  readonly salt?: string
  readonly backend: Backend
}

const backendOption = new Option(
  '--backend <name>',
  'what makes the proof; auto is the native prover where it was built, else wasm',
)
  .choices(backends)
  .default('auto')

/** `zkserve prove`: an answer with its proof. */
export function proveVerb(program: Command, { report }: VerbContext): void {
  addCommand(program, 'prove <bundle>', 'run the integer model of a bundle and prove the answer')
    .requiredOption('--input <file>', 'JSON {"input": [...]}, flat or nested; - for standard input')
    .requiredOption('--out <proof>', 'file for the proof')
    .option('--requester <address>', 'who may consume the proof (default: anyone)')
    .option('--nonce <hex>', "the requester's number for the answer (default: drawn)")
    .option('--chain-id <number>', 'chain of the verifier contract (default: 31337, anvil)')
    .option('--verifier <address>', 'the InferenceVerifier contract (default: the zero address)')
    .option('--salt <number>', 'blinds the input commitment (default: drawn)')
    .addOption(backendOption)
    .action(async (directory: string, flags: Flags) => {
      const { writeFileWhole } = await import('#prover/bundle/files.js')
      const { loadBundle } = await import('#prover/bundle/load.js')
      const { proveInference } = await import('#prover/prove.js')
      const { proofFileOf } = await import('#prover/verify.js')
      const { loadInput } = await import('#service/cli/load.js')
      const { withProver } = await import('#service/cli/with-prover.js')
      const { resolveConfig } = await import('#service/config/resolve.js')
      const { readBinding, readSalt } = await import('#service/proof-binding.js')
      const context = readBinding(flags, resolveConfig({}))
      const salt = flags.salt === undefined ? {} : { salt: readSalt(flags.salt) }
      const bundle = await loadBundle(directory)
      const inputs = await loadInput(flags.input, bundle.model.inputs, bundle.model.batch)
      const proven = await withProver(flags.backend, (prover) =>
        proveInference(bundle, prover, inputs, { context, ...salt }),
      )
      const file = proofFileOf(bundle, proven)
      await writeFileWhole(flags.out, `${JSON.stringify(file, null, 2)}\n`)
      const { proof: _, context: __, ...document } = proven
      report({ document: { ...document, context: file.context }, text: describeProof(proven, flags.out) })
    })
}

function describeProof(proven: ProvenInference, path: string): string {
  const { witness, prove, verify, stages } = proven.timings
  const parts = Object.entries(stages ?? {}).map(([name, time]) => `${name} ${time.toFixed(1)}`)
  const facts = formatFacts([
    ['proof', path],
    ['input commitment', proven.inputCommitment],
    ['salt (keep it private)', proven.salt],
    ['prover', proven.backend],
    ['witness (ms)', witness],
    ['prove (ms)', prove],
    ...(parts.length > 0 ? [['of it, CPU (ms)', parts.join(', ')] as const] : []),
    ['verify (ms)', verify],
  ])
  return `${describeInference(proven)}\n${facts}`
}
