import type { FastifyRequest } from 'fastify'
import { ZkserveError } from '#circuits/errors.js'

/** Parts of an upload, and the most that `options` may have, in bytes. */
const [known, optionsLimit] = [['model', 'calibration', 'options'], 65_536]

/**
 * Reads the parts of a multipart upload: `model` and `calibration` as bytes, `options` as JSON. Limits on numbers and
 * sizes are those with which the multipart plugin was registered.
 * @throws ZkserveError `INVALID_REQUEST`; what the plugin refuses
 */
export async function readUpload(request: FastifyRequest): Promise<Record<string, unknown>> {
  const found = new Map<string, unknown>()
  try {
    for await (const part of request.parts()) {
      const { fieldname: name } = part
      if (!known.includes(name)) throw refused(`a part is called ${shown(name)}`)
      if (found.has(name)) throw refused(`the part "${name}" comes twice`)
      // All parts are files for the plugin: it counts their bytes, and leaves them as they are.
      const bytes = part.type === 'file' ? await part.toBuffer() : Buffer.from(String(part.value))
      found.set(name, name === 'options' ? parseOptions(bytes) : bytes)
    }
  } catch (error) {
    // The plugin's own errors have a status, those of the parser below it none.
    if (error instanceof ZkserveError || (error as { statusCode?: number }).statusCode !== undefined)
      throw error
    throw refused((error as Error).message, error)
  }
  return Object.fromEntries(found)
}

function parseOptions(bytes: Buffer): unknown {
  if (bytes.length > optionsLimit) throw refused(`"options" has more than ${optionsLimit} bytes`)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw refused('"options" is not JSON', cause)
  }
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 40))
}

function refused(what: string, cause?: unknown): ZkserveError {
  return new ZkserveError('INVALID_REQUEST', `the multipart body cannot be used: ${what}`, {
    cause,
    hints: [
      'Send the parts `model` (ONNX), `calibration` (.npz or JSON) and `options` (JSON, may be left out).',
    ],
  })
}
