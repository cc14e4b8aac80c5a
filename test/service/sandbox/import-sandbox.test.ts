import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { ErrorCode } from '#circuits/error-table.js'
import { ZkserveError } from '#circuits/errors.js'
import { importOnnx } from '#circuits/import/import-model.js'
import { importInSandbox, readInSandbox, type SandboxOptions } from '#service/sandbox/import-sandbox.js'
import { defaultSandboxLimits } from '#service/sandbox/limits.js'
import { onnxModel, tensor } from '../../support/onnx-builder.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const path = 'test/models/mnist-lenet5/model.onnx'
const megabyte = 2 ** 20

async function expectRejection(
  code: ErrorCode,
  source: Uint8Array | string,
  options: SandboxOptions = {},
): Promise<ZkserveError> {
  const error = await importInSandbox(source, options).then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ZkserveError)
  expect(error).toMatchObject({ code })
  return error as ZkserveError
}

/** The processes whose parent is this one. */
function children(): readonly string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        const fields = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1]!.split(' ')
        return fields[1] === String(process.pid)
      } catch {
        return false
      }
    })
}

/** A model whose reading fits the import limits but takes more memory than a small sandbox has. */
const large = onnxModel({
  inputs: [{ name: 'x', shape: [1, 1000] }],
  outputs: ['y'],
  nodes: [{ op: 'MatMul', inputs: ['x', 'W'], outputs: ['y'] }],
  initializers: { W: tensor([1000, 1000], new Array(10 ** 6).fill(0.5), { form: 'typed' }) },
})

afterEach(() => {
  if (process.platform === 'linux') expect(children()).toEqual([])
})

describe('a model in the sandbox', () => {
  test.each([
    ['path', path],
    ['bytes', readFileSync(path)],
  ])('given as %s becomes the graph that the importer makes', async (_, source) => {
    const graph = await importInSandbox(source)
    expect(graph).toEqual(importOnnx(readFileSync(path)))
    expect(graph.nodes.every(Object.isFrozen)).toBe(true)
  })

  test('of a megabyte comes through whole', async () => {
    const graph = await importInSandbox(large)
    expect(graph.nodes[0]).toMatchObject({ kind: 'dense', weight: { shape: [1000, 1000] } })
  })

  test('that is garbage keeps its code and message', async () => {
    const error = await expectRejection('INVALID_ONNX', Uint8Array.of(1, 2, 3))
    expect(error.message).toMatch(/^not an ONNX file/)
    expect(error.hints).toHaveLength(1)
  })

  test('with unsupported operators is told so, by exception or by list', async () => {
    const nodes = [{ op: 'Det', inputs: ['x'], outputs: ['y'] }]
    const file = onnxModel({ inputs: [{ name: 'x', shape: [1, 2] }], outputs: ['y'], nodes })
    const error = await expectRejection('UNSUPPORTED_OPERATOR', file)
    expect(error.details.unsupported).toMatchObject([{ operator: 'Det' }])
    expect(await readInSandbox(file)).toMatchObject({ graph: null, unsupported: [{ operator: 'Det' }] })
  })

  test('that is no file, or too long a file, is refused before a process starts', async () => {
    await expectRejection('FILE_NOT_FOUND', 'test/models/nowhere.onnx')
    await expectRejection('FILE_NOT_FOUND', 'test/models')
    const file = join(temporaryFolder(), 'long.onnx')
    await writeFile(file, new Uint8Array(65 * megabyte))
    await expectRejection('MODEL_TOO_LARGE', file)
    await expectRejection('MODEL_TOO_LARGE', new Uint8Array(65 * megabyte))
  })

  test('that needs more memory than allowed is too large', async () => {
    const limits = { ...defaultSandboxLimits, memory: 100 * megabyte }
    await expectRejection('MODEL_TOO_LARGE', large, { limits })
  })

  test('that takes too long is given up', async () => {
    await expectRejection('TIMEOUT', path, { limits: { ...defaultSandboxLimits, timeout: 1 } })
  })

  test('can be cancelled, before and while it is read', async () => {
    await expectRejection('CANCELLED', path, { signal: AbortSignal.abort() })
    await expectRejection('CANCELLED', path, { signal: AbortSignal.timeout(20) })
  })
})
