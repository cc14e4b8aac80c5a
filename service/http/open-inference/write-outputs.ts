import { ZkserveError } from '#circuits/errors.js'
import type { QOutput } from '#circuits/qmodel/qmodel.js'
import type { RequestOutput, ResponseOutput } from '#service/http/open-inference/schemas.js'
import type { AnswerReply } from '#service/http/schemas/inference.js'

/** The datatype of an output: classes are numbers, flags are truths, all else are reals. */
export function datatypeOf({ meaning }: Pick<QOutput, 'meaning'>): 'FP32' | 'INT64' | 'BOOL' {
  if (meaning.kind === 'flags') return 'BOOL'
  return meaning.kind === 'class' || meaning.kind === 'classes' ? 'INT64' : 'FP32'
}

/**
 * The outputs that a request asks for, in its order; all where it names none.
 * @throws ZkserveError `INVALID_REQUEST`
 */
export function selectOutputs(
  outputs: readonly QOutput[],
  asked: readonly RequestOutput[] | undefined,
): readonly QOutput[] {
  if (asked === undefined || asked.length === 0) return outputs
  const names = new Set<string>()
  return asked.map(({ name, parameters = {} }) => {
    if (parameters.binary_data === true || 'shared_memory_region' in parameters) {
      refuse(`output "${name}" cannot be binary: outputs come as JSON`)
    }
    if (names.has(name)) refuse(`output "${name}" is asked for twice`)
    names.add(name)
    const list = outputs.map((output) => `"${output.name}"`).join(', ')
    return (
      outputs.find((output) => output.name === name) ?? refuse(`there is no output "${name}", only ${list}`)
    )
  })
}

/** Outputs of an answer as tensors. */
export function writeOutputs(
  { outputs, integers }: Pick<AnswerReply, 'outputs' | 'integers'>,
  selected: readonly QOutput[],
): ResponseOutput[] {
  return selected.map((output) => {
    const datatype = datatypeOf(output)
    const { name } = output
    const whole = integers[name]!
    const data =
      datatype === 'FP32' ? outputs[name]! : datatype === 'BOOL' ? whole.map((it) => it !== 0) : whole
    return { name, shape: [...output.shape], datatype, data }
  })
}

function refuse(message: string): never {
  throw new ZkserveError('INVALID_REQUEST', message, {
    hints: ['See the outputs that GET /v2/models/MODEL gives.'],
  })
}
