/** Structure-aware mutation of ONNX files: what a hostile or broken exporter could write. */
import { modelType } from '#circuits/import/schema.js'
import { encodeModel } from './onnx-builder.js'
import type { RandomSource } from './random-source.js'

/** A decoded message: fields by name, lists where repeated. */
type Message = Record<string, unknown>

const hugeIntegers = [
  '0',
  '-1',
  '1',
  '2',
  '-2',
  '3',
  '7',
  '255',
  '65536',
  '2147483647',
  '2147483648',
  '-2147483648',
  '4294967296',
  '4611686018427387904',
  '9223372036854775807',
  '-9223372036854775808',
] as const
const oddFloats = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 3e38, 1e-45, -1, 0.5]
const oddNames = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'x'.repeat(5000),
  '\u0000',
  'ümlaut',
  '../../etc/passwd',
]

/** A mutant of a file: one to three changes of its structure or of its bytes. */
export function mutate(file: Uint8Array, random: RandomSource, operators: readonly string[]): Uint8Array {
  if (random.below(5) === 0) return mutateBytes(file, random)
  const model = modelType.toObject(modelType.decode(file), { arrays: true }) as Message
  for (let count = random.below(3); count >= 0; count--) {
    random.pick(mutations)({ model, graph: (model.graph ?? {}) as Message, random, operators })
  }
  return encodeModel(model)
}

interface Site {
  readonly model: Message
  readonly graph: Message
  readonly random: RandomSource
  readonly operators: readonly string[]
}

type Mutation = (site: Site) => void

function list(owner: Message, field: string): Message[] {
  owner[field] ??= []
  return owner[field] as Message[]
}

/** A random entry of a repeated field, or an empty message that belongs to nobody. */
function entry(owner: Message, field: string, random: RandomSource): Message {
  const entries = list(owner, field)
  return entries.length === 0 ? {} : random.pick(entries)
}

/** Copies of the first nodes: a graph cannot hold itself. */
function copies(graph: Message, count: number): Message[] {
  return structuredClone(list(graph, 'node').slice(0, count))
}

/** Every name of a value in the graph, and some that are none. */
function anyName({ graph, random }: Site): string {
  const names = [
    ...list(graph, 'node').flatMap((node) => [...(node.output as string[]), ...(node.input as string[])]),
    ...list(graph, 'initializer').map(({ name }) => name as string),
    ...list(graph, 'input').map(({ name }) => name as string),
  ]
  return random.below(6) === 0 || names.length === 0 ? random.pick(oddNames) : random.pick(names)
}

/** Removes, doubles, swaps, moves or replaces an entry of a list. */
function shuffle<Item>(items: Item[], random: RandomSource, make: () => Item): void {
  const at = random.below(items.length + 1)
  const kind = random.below(6)
  if (kind === 0) items.splice(at, 1)
  else if (kind === 1 && items.length > 0) items.splice(at, 0, random.pick(items))
  else if (kind === 2) items.splice(at, 1, make())
  else if (kind === 3) items.splice(at, 0, make())
  else if (kind === 4 && items.length > 0) items.splice(at, 0, ...items.splice(random.below(items.length), 1))
  else items.length = random.below(items.length + 1)
}

function integerList({ random }: Site): string[] {
  const length = random.pick([0, 1, 2, 4, 9, 3000])
  return Array.from({ length }, () => random.pick(hugeIntegers))
}

function attributeValue(site: Site): Message {
  const { random, graph } = site
  return random.pick<() => Message>([
    () => ({ type: 2, i: random.pick(hugeIntegers) }),
    () => ({ type: 1, f: random.pick(oddFloats) }),
    () => ({ type: 3, s: new TextEncoder().encode(random.pick([...oddNames, 'SAME_UPPER', 'reflect'])) }),
    () => ({ type: 7, ints: integerList(site) }),
    () => ({ type: 6, floats: Array.from({ length: random.below(5) }, () => random.pick(oddFloats)) }),
    () => ({ type: 8, strings: [new TextEncoder().encode(random.pick(oddNames))] }),
    () => ({ type: 4, t: { ...entry(graph, 'initializer', random) } }),
    () => ({ type: 5, g: { node: copies(graph, 3), name: 'inner' } }),
    () => ({ type: random.below(30) }),
    () => ({ type: 2, f: 1, ints: ['1', '2'], s: new Uint8Array(3) }),
    () => ({ refAttrName: random.pick(oddNames) }),
  ])()
}

const mutations: readonly Mutation[] = [
  function operator({ graph, random, operators }) {
    const node = entry(graph, 'node', random)
    node.opType = random.pick([...operators, 'If', 'Loop', 'LSTM', '', 'toString', '__proto__'])
    if (random.below(4) === 0) node.domain = random.pick(['ai.onnx.ml', 'ai.onnx', 'com.microsoft', '', 'x'])
  },
  function inputs(site) {
    shuffle((entry(site.graph, 'node', site.random).input ?? []) as string[], site.random, () =>
      anyName(site),
    )
  },
  function outputs(site) {
    shuffle((entry(site.graph, 'node', site.random).output ?? []) as string[], site.random, () =>
      anyName(site),
    )
  },
  function cycle({ graph, random }) {
    const [from, to] = [entry(graph, 'node', random), entry(graph, 'node', random)]
    const [name] = (to.output ?? []) as string[]
    if (name !== undefined && from.input !== undefined) (from.input as string[])[0] = name
  },
  function attributes(site) {
    const node = entry(site.graph, 'node', site.random)
    const names = list(site.graph, 'node').flatMap((each) => list(each, 'attribute').map(({ name }) => name))
    shuffle(list(node, 'attribute'), site.random, () => {
      return { name: names.length > 0 ? site.random.pick(names) : 'axis', ...attributeValue(site) }
    })
  },
  function attributeContents(site) {
    const attribute = entry(entry(site.graph, 'node', site.random), 'attribute', site.random)
    const { name } = attribute
    for (const field of Object.keys(attribute)) delete attribute[field]
    Object.assign(attribute, { name }, attributeValue(site))
  },
  function numbersInLists({ graph, random }) {
    const { ints, floats } = entry(entry(graph, 'node', random), 'attribute', random) as Record<
      string,
      unknown[]
    >
    if (ints?.length) ints[random.below(ints.length)] = random.pick(hugeIntegers)
    if (floats?.length) floats[random.below(floats.length)] = random.pick(oddFloats)
  },
  function nodes(site) {
    shuffle(list(site.graph, 'node'), site.random, () => {
      const op = site.random.pick(site.operators)
      return { opType: op, input: [anyName(site), anyName(site)], output: [anyName(site)], attribute: [] }
    })
  },
  function dims(site) {
    const tensor = entry(site.graph, 'initializer', site.random)
    shuffle(list(tensor, 'dims') as unknown as string[], site.random, () => site.random.pick(hugeIntegers))
  },
  function elementType({ graph, random }) {
    entry(graph, 'initializer', random).dataType = random.pick([...Array(26).keys(), -1, 1000])
  },
  function rawData({ graph, random }) {
    const tensor = entry(graph, 'initializer', random)
    const raw = (tensor.rawData ?? new Uint8Array(0)) as Uint8Array
    const kind = random.below(4)
    if (kind === 0) tensor.rawData = raw.slice(0, random.below(raw.length + 1))
    else if (kind === 1) tensor.rawData = new Uint8Array(random.pick([0, 1, 3, 4, 8, 4096]))
    else if (kind === 2) tensor.floatData = oddFloats.slice(0, random.below(oddFloats.length))
    else {
      const copy = Float32Array.from({ length: raw.length >> 2 }, () => random.pick(oddFloats))
      tensor.rawData = new Uint8Array(copy.buffer)
    }
  },
  function oddWeights({ graph, random }) {
    const tensor = entry(graph, 'initializer', random)
    const raw = Uint8Array.from((tensor.rawData ?? []) as Uint8Array)
    if (raw.length < 4) return
    new DataView(raw.buffer).setFloat32(4 * random.below(raw.length >> 2), random.pick(oddFloats), true)
    tensor.rawData = raw
  },
  function initializers(site) {
    shuffle(list(site.graph, 'initializer'), site.random, () => {
      return { name: anyName(site), dims: integerList(site), dataType: 1, rawData: new Uint8Array(8) }
    })
  },
  function external({ graph, random }) {
    const tensor = entry(graph, 'initializer', random)
    tensor.dataLocation = random.below(3)
    tensor.externalData = [{ key: 'location', value: '../../secret' }]
    if (random.below(2) === 0) delete tensor.rawData
  },
  function inputShape({ graph, random }) {
    const type = (entry(graph, 'input', random).type as Message | undefined)?.tensorType as
      | Message
      | undefined
    const shape = (type?.shape ?? {}) as Message
    shuffle(list(shape, 'dim'), random, () =>
      random.below(4) === 0 ? { dimParam: random.pick(oddNames) } : { dimValue: random.pick(hugeIntegers) },
    )
  },
  function inputType({ graph, random }) {
    const input = entry(graph, 'input', random)
    const type = (input.type as Message | undefined)?.tensorType as Message | undefined
    if (type === undefined || random.below(4) === 0)
      input.type = random.pick([undefined, {}, { tensorType: {} }])
    else type.elemType = random.below(30)
  },
  function graphEnds(site) {
    const field = site.random.pick(['input', 'output'])
    shuffle(list(site.graph, field), site.random, () => ({ name: anyName(site), type: {} }))
  },
  function names(site) {
    const field = site.random.pick(['input', 'output', 'initializer', 'node'])
    entry(site.graph, field, site.random).name = anyName(site)
  },
  function opset({ model, random }) {
    const version = random.pick([
      '0',
      '6',
      '7',
      '9',
      '10',
      '12',
      '13',
      '18',
      '21',
      '22',
      '-1',
      '1099511627776',
    ])
    const kind = random.below(4)
    if (kind === 0) model.opsetImport = []
    else if (kind === 1) list(model, 'opsetImport').push({ domain: '', version })
    else Object.assign(entry(model, 'opsetImport', random), { version })
  },
  function extras({ model, graph, random }) {
    const field = random.below(4)
    if (field === 0) graph.sparseInitializer = [{ values: entry(graph, 'initializer', random), dims: ['4'] }]
    else if (field === 1)
      model.functions = [{ name: 'Relu', node: list(graph, 'node').slice(0, 2), domain: '' }]
    else if (field === 2) model.trainingInfo = [{ algorithm: graph }]
    else delete model.graph
  },
  function nested({ graph, random }) {
    const node = entry(graph, 'node', random)
    let inner: Message = { node: copies(graph, 2) }
    for (let depth = random.below(12); depth > 0; depth--) {
      inner = { node: [{ opType: 'If', attribute: [{ name: 'then_branch', type: 5, g: inner }] }] }
    }
    list(node, 'attribute').push({ name: 'body', type: 5, g: inner })
  },
]

/** Changes bytes, flips bits, removes and doubles ranges; mostly where structure is. */
function mutateBytes(file: Uint8Array, random: RandomSource): Uint8Array {
  const place = (): number =>
    random.below(2) === 0 ? random.below(file.length) : random.below(Math.min(file.length, 600))
  const kind = random.below(4)
  const mutant = Uint8Array.from(file)
  if (kind < 2) {
    for (let count = random.below(4); count >= 0; count--) {
      const at = place()
      mutant[at] = kind === 0 ? random.below(256) : mutant[at]! ^ (1 << random.below(8))
    }
    return mutant
  }
  const [from, length] = [place(), 1 + random.below(40)]
  const inserted = kind === 2 ? file.subarray(from, from + length) : []
  return Uint8Array.from([
    ...file.subarray(0, from),
    ...inserted,
    ...file.subarray(from + (kind === 3 ? length : 0)),
  ])
}
