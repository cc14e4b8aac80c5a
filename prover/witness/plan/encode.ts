import {
  type ContainerKind,
  layoutSections,
  malformed,
  readSections,
  requiredSection,
} from '#prover/r1cs/container.js'
import { noForm, type PlanInput, stepKinds, type WitnessPlan } from '#prover/witness/plan/plan.js'

const kind: ContainerKind = { magic: 'plan', maximumVersion: 1, errorCode: 'INVALID_CIRCUIT' }

/** More bits than a number of the field has: a step with more of them would only take time. */
const mostBits = 256

/**
 * The bytes of a plan: sections as in iden3's files. 1: wires; 2: inputs as JSON; 3 to 13: the arrays
 * of {@link WitnessPlan} and {@link PlanForms} in their order, least significant byte first. A circuit that no plan
 * covers has a file without sections.
 */
export function encodePlan(plan: WitnessPlan | null): Uint8Array {
  if (plan === null) return layoutSections('plan', 1, []).bytes
  const inputs = JSON.stringify(plan.inputs)
  const parts: Uint8Array[] = [
    bytesOf(Uint32Array.of(plan.wireCount)),
    new TextEncoder().encode(inputs.padEnd(Math.ceil(inputs.length / 4) * 4)),
    ...arraysOf(plan).map(bytesOf),
  ]
  const { bytes, sections } = layoutSections(
    'plan',
    1,
    parts.map((part, i) => [i + 1, part.length]),
  )
  parts.forEach((part, i) => {
    sections.get(i + 1)!.set(part)
  })
  return bytes
}

/**
 * Reads a plan; null where the file says that none covers the circuit.
 * @throws ZkserveError `INVALID_CIRCUIT` for a malformed file
 */
export function decodePlan(bytes: Uint8Array): WitnessPlan | null {
  const sections = readSections(bytes, kind)
  if (sections.size === 0) return null
  const section = (type: number) => requiredSection(sections, type, kind)
  const words = (type: number) => new Uint32Array(aligned(section(type), 4))
  const floats = (type: number) => new Float64Array(aligned(section(type), 8))
  const [wireCount] = words(1)
  if (wireCount === undefined) throw malformed(kind, 'has a short header')
  const plan: WitnessPlan = {
    wireCount,
    inputs: readInputs(section(2)),
    inputWires: words(3),
    lows: floats(4),
    highs: floats(5),
    coefficients: new Uint8Array(aligned(section(6), 32)),
    forms: {
      patternStarts: words(7),
      offsets: new Int32Array(aligned(section(8), 4)),
      factors: words(9),
      patterns: words(10),
      bases: words(11),
      constants: words(12),
    },
    steps: words(13),
  }
  if (!isWhole(plan)) throw malformed(kind, 'names wires, forms or coefficients that are not there')
  return plan
}

function arraysOf({ inputWires, lows, highs, coefficients, forms, steps }: WitnessPlan): ArrayBufferView[] {
  const { patternStarts, offsets, factors, patterns, bases, constants } = forms
  return [
    inputWires,
    lows,
    highs,
    coefficients,
    patternStarts,
    offsets,
    factors,
    patterns,
    bases,
    constants,
    steps,
  ]
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** A copy of whole elements. */
function aligned(section: Uint8Array, size: number): ArrayBuffer {
  if (section.length % size !== 0) throw malformed(kind, 'has a section that ends inside an element')
  // A copy by the array itself: what slices a Buffer shares its memory.
  return new Uint8Array(section).buffer
}

function readInputs(section: Uint8Array): PlanInput[] {
  try {
    const inputs: PlanInput[] = JSON.parse(new TextDecoder().decode(section))
    if (inputs.every(({ name, count }) => typeof name === 'string' && count >= 0)) return inputs
  } catch {
    // Told below.
  }
  throw malformed(kind, 'has no list of inputs')
}

/** Whether every index stays within its array. */
function isWhole({
  wireCount,
  inputs,
  inputWires,
  lows,
  highs,
  coefficients,
  forms,
  steps,
}: WitnessPlan): boolean {
  const { patternStarts, offsets, factors, patterns, bases, constants } = forms
  const below = (values: ArrayLike<number>, limit: number): boolean => {
    for (let i = 0; i < values.length; i++) if (!(values[i]! < limit)) return false
    return true
  }
  const coefficientCount = coefficients.length / 32
  const lengths =
    inputWires.length === lows.length &&
    inputWires.length === highs.length &&
    inputs.reduce((sum, { count }) => sum + count, 0) === inputWires.length &&
    below(inputWires, wireCount) &&
    wireCount <= 1 + inputWires.length + steps.length &&
    offsets.length === factors.length &&
    patterns.length === bases.length &&
    patterns.length === constants.length &&
    patternStarts[0] === 0 &&
    patternStarts.at(-1) === offsets.length
  if (!lengths || !below(factors, coefficientCount) || !below(constants, coefficientCount)) return false
  if (!below(patterns, patternStarts.length - 1)) return false
  for (let pattern = 1; pattern < patternStarts.length; pattern++) {
    if (patternStarts[pattern]! < patternStarts[pattern - 1]!) return false
  }
  // By pattern, since a file may use a long one in every form.
  const reach = patternsReach(patternStarts, offsets)
  for (let form = 0; form < patterns.length; form++) {
    const { lowest, highest } = reach[patterns[form]!]!
    if (bases[form]! + lowest < 0 || bases[form]! + highest >= wireCount) return false
  }
  return areStepsWhole(steps, { wires: wireCount, forms: patterns.length, coefficients: coefficientCount })
}

/** Each pattern's outermost offsets; an empty one reaches no wire. */
function patternsReach(starts: Uint32Array, offsets: Int32Array): { lowest: number; highest: number }[] {
  return Array.from(starts.subarray(1), (end, pattern) => {
    let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let k = starts[pattern]!; k < end; k++) {
      lowest = Math.min(lowest, offsets[k]!)
      highest = Math.max(highest, offsets[k]!)
    }
    return { lowest, highest }
  })
}

function areStepsWhole(
  steps: Uint32Array,
  counts: { readonly wires: number; readonly forms: number; readonly coefficients: number },
): boolean {
  const within = (from: number, to: number, limit: number) => {
    for (let at = from; at < to; at++) if (!(steps[at]! < limit)) return false
    return true
  }
  let at = 0
  while (at < steps.length) {
    const step = steps[at]!
    if (step === stepKinds.numberProduct || step === stepKinds.fieldProduct) {
      for (let form = at + 2; form < at + 5; form++) {
        if (steps[form] !== noForm && !(steps[form]! < counts.forms)) return false
      }
      if ((steps[at + 2] === noForm) !== (steps[at + 3] === noForm)) return false
      if (!within(at + 1, at + 2, counts.wires) || !within(at + 5, at + 6, counts.coefficients)) return false
      at += 6
    } else if (step === stepKinds.numberBits || step === stepKinds.fieldBits) {
      if (!within(at + 1, at + 2, counts.forms) || !within(at + 3, at + 4, counts.wires)) return false
      if (!within(at + 4, at + 5, mostBits)) return false
      const end = at + 5 + steps[at + 4]!
      if (!(end <= steps.length) || !within(at + 5, end, counts.wires)) return false
      at = end
    } else if (step === stepKinds.inverse) {
      if (!within(at + 1, at + 2, counts.forms) || !within(at + 2, at + 4, counts.wires)) return false
      if (!within(at + 4, at + 7, counts.coefficients)) return false
      at += 7
    } else return false
  }
  return at === steps.length
}
