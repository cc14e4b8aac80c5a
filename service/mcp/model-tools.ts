import { Type } from 'typebox'
import { formatShape } from '#circuits/graph/shapes.js'
import type { ModelFacts } from '#prover/bundle/manifest.js'
import { inferBodySchema } from '#service/http/schemas/inference.js'
import type { ServedModels } from '#service/models/served-models.js'

const { proof, requester, nonce, chainId, verifier, modelId, version, deadline, salt } =
  inferBodySchema.properties

/** What a tool takes: what `POST /infer` does of one inference. */
export const toolArgumentsSchema = Type.Object(
  {
    input: Type.Unknown(),
    ...{ proof, requester, nonce, chainId, verifier, modelId, version, deadline, salt },
  },
  { additionalProperties: false },
)

/** A model as a tool, and the id by which it is found. */
export interface ModelTool {
  readonly name: string
  readonly manifest: ModelFacts
}

/** What the specification lets a name have. */
const nameable = /^[A-Za-z0-9_.-]{1,128}$/

/** The models that a tenant may use, each by its name, or by the hash of its key where that names no one model. */
export async function modelTools(models: Pick<ServedModels, 'list'>, tenant: string): Promise<ModelTool[]> {
  const listed = await models.list(tenant)
  const count = (name: string) => listed.filter(({ manifest }) => manifest.name === name).length
  return listed.map(({ manifest }) => {
    const isNamed = nameable.test(manifest.name) && count(manifest.name) === 1
    return { name: isNamed ? manifest.name : manifest.vkHash, manifest }
  })
}

/** A tool as `tools/list` tells it. */
export function describeTool({ name, manifest }: ModelTool): object {
  const { inputs, outputs, vkHash, constraints } = manifest
  const names = outputs.map((output) => `${output.name} ${formatShape(output.shape)}`).join(', ')
  return {
    name,
    title: manifest.name,
    description: `Runs the neural network ${manifest.name} and proves the answer (Groth16, verifying key ${vkHash}, ${constraints.total} constraints). Outputs: ${names}. The result holds outputs, proof and public signals; anyone who has the verifying key can check it.`,
    inputSchema: {
      ...toolArgumentsSchema,
      properties: { ...toolArgumentsSchema.properties, input: inputSchemaOf(inputs, manifest.batch) },
    },
    annotations: { readOnlyHint: true, openWorldHint: false },
  }
}

function inputSchemaOf(inputs: ModelFacts['inputs'], batch: number): object {
  const rows = batch === 1 ? '' : `${batch} rows; `
  const [first] = inputs
  const arrayOf = ({ name, shape }: (typeof inputs)[number]) => ({
    type: 'array',
    description: `${rows}numbers of "${name}", flat or nested as ${formatShape(shape)}.`,
  })
  if (inputs.length === 1) return arrayOf(first!)
  return {
    type: 'object',
    properties: Object.fromEntries(inputs.map((input) => [input.name, arrayOf(input)])),
    required: inputs.map(({ name }) => name),
    additionalProperties: false,
  }
}
