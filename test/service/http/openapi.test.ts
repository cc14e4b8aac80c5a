import { Validator } from '@seriousme/openapi-schema-validator'
import type { FastifyInstance } from 'fastify'
import type { TSchema } from 'typebox'
import { Errors } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testServer } from '../support/test-server.js'

interface Media {
  readonly schema: TSchema
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

interface Body {
  readonly description?: string
  readonly content?: Readonly<Record<string, Media>>
}

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly requestBody?: Body
  readonly responses: Readonly<Record<string, Body>>
}

type Methods = Readonly<Record<string, Operation>>

let server: FastifyInstance
let document: {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Methods>>
  readonly tags: { name: string }[]
}
let operations: (Operation & { readonly name: string })[]

beforeAll(async () => {
  server = await testServer([], { auth: 'keys' })
  document = (await server.inject({ url: '/docs/json' })).json()
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, name: `${method} ${path}` })),
  )
})
afterAll(() => server?.close())

const bodies = (): (readonly [string, Media])[] =>
  operations.flatMap(({ name, requestBody, responses }) =>
    [['body', requestBody] as const, ...Object.entries(responses)].flatMap(([where, body]) =>
      Object.entries(body?.content ?? {}).map(
        ([type, media]) => [`${name} ${where} ${type}`, media] as const,
      ),
    ),
  )

const examplesOf = ({ schema, example, examples = {} }: Media): unknown[] => [
  ...((schema as { readonly examples?: unknown[] }).examples ?? []),
  ...(example === undefined ? [] : [example]),
  ...Object.values(examples).map(({ value }) => value),
]

/** Method and path of all that the router knows, but for what is not of the API. */
function registered(): string[] {
  const lines = server.printRoutes({ commonPrefix: false }).split('\n')
  const path: string[] = []
  const found = lines.flatMap((line) => {
    const [, indent, part, methods] = /^((?:[│ ] {3})*[├└]── )(.*) \((.*)\)$/.exec(line) ?? []
    if (indent === undefined || part === undefined || methods === undefined) return []
    const depth = indent.length / 4 - 1
    path.length = depth
    path[depth] = part
    const whole = path
      .join('')
      .replaceAll('//', '/')
      .replace(/:(\w+)/g, '{$1}')
    return methods.split(', ').map((method) => `${method.toLowerCase()} ${whole}`)
  })
  const isPage = (name: string) => /^get \/(docs.*|v2\/)?$/.test(name)
  return found.filter((name) => !/^(head|options) /.test(name) && !isPage(name))
}

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0')
    const { valid, errors } = await new Validator().validate(structuredClone(document))
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined })
  })

  test('has every route that is there, and no other', () => {
    expect(operations.map(({ name }) => name).sort()).toEqual([...new Set(registered())].sort())
  })

  test('names every operation, once, and puts it under a tag that is described', () => {
    const ids = operations.map(({ operationId }) => operationId)
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/)
    expect(new Set(ids).size).toBe(ids.length)
    const tags = document.tags.map(({ name }) => name)
    for (const operation of operations) {
      expect(operation.summary).toBeTruthy()
      for (const tag of operation.tags) expect(tags).toContain(tag)
    }
  })

  test('has the problems of every route', () => {
    for (const { name, responses } of operations) {
      expect({ name, replies: Object.keys(responses) }).toEqual({
        name,
        replies: expect.arrayContaining(['4XX', '5XX']),
      })
      for (const status of ['4XX', '5XX']) {
        expect(Object.keys(responses[status]?.content ?? {})).toEqual(['application/problem+json'])
      }
      expect(responses['204']?.content).toBeUndefined()
    }
  })

  test('has an example of every body, but for files', () => {
    const isExcused = (name: string) => name.endsWith(' body multipart/form-data')
    const without = bodies().filter(([name, media]) => examplesOf(media).length === 0 && !isExcused(name))
    expect(without.map(([name]) => name)).toEqual([])
  })

  test('has examples that fit their schemas', () => {
    for (const [name, media] of bodies()) {
      for (const example of examplesOf(media)) {
        expect({ name, errors: Errors(media.schema, example) }).toEqual({ name, errors: [] })
      }
    }
  })
})
