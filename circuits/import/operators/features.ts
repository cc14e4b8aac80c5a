import { sizeOf } from '#circuits/graph/graph.js'
import { formatShape } from '#circuits/graph/shapes.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { everyPlace, mapAxes } from '#circuits/import/operators/index-map.js'
import { addStep, finish, reshapeStep } from '#circuits/import/operators/steps.js'

/** ZipMap: its input, as no circuit holds dictionaries. */
export function readZipMap(call: OperatorCall): void {
  call.attributes.strings('classlabels_strings', null)
  call.attributes.ints('classlabels_int64s', null)
  finish(call, call.input(0))
}

/** FeatureVectorizer: rows of features one after the other. */
export function readFeatureVectorizer(call: OperatorCall): void {
  call.attributes.ints('inputdimensions', null)
  const rows = call.allInputs().map((name) => {
    const shape = call.builder.shapeOf(name)
    return shape.length === 1 ? reshapeStep(call, name, [1, sizeOf(shape)]) : name
  })
  finish(call, addStep(call, { kind: 'concat', inputs: rows, axis: 1 }))
}

/** ArrayFeatureExtractor: elements of the last axis at constant places. */
export function readArrayFeatureExtractor(call: OperatorCall): void {
  const shape = call.inputShape(0)
  const places = Array.from(call.constantInput(1, 'indices').data)
  const length = shape.at(-1) ?? call.refuse('picks from a scalar')
  if (!places.every((place) => Number.isInteger(place) && place >= 0 && place < length)) {
    call.refuse(`picks outside of ${formatShape(shape)}`)
  }
  const map = [...shape.slice(0, -1).map(everyPlace), places]
  const picked = mapAxes(call, call.input(0), map)
  finish(call, shape.length === 1 ? reshapeStep(call, picked, [1, places.length]) : picked)
}

/** Imputer that replaces missing values: inputs here are numbers, none of them missing. */
export function readImputer(call: OperatorCall): void {
  const replaced = call.attributes.anyFloat('replaced_value_float', 0)
  call.attributes.floats('imputed_value_floats', null)
  if (!Number.isNaN(replaced)) call.unsupported(`replaces ${replaced}, only missing values (NaN) are`)
  finish(call, call.input(0))
}
