import { elementwiseGenerators } from './elementwise.js'
import type { Generator } from './generator.js'
import { learningGenerators } from './learning.js'
import { linearGenerators } from './linear.js'
import { logicGenerators } from './logic.js'
import { quantisedGenerators } from './quantised.js'
import { reduceGenerators } from './reduce.js'
import { resizeGenerators } from './resize.js'
import { shapeGenerators } from './shape.js'

/** One generator of random models for each operator; some of operators that are not read. */
export const generators: ReadonlyMap<string, Generator> = new Map(
  [
    ...elementwiseGenerators,
    ...learningGenerators,
    ...linearGenerators,
    ...logicGenerators,
    ...quantisedGenerators,
    ...reduceGenerators,
    ...resizeGenerators,
    ...shapeGenerators,
  ].map((generator) => [generator.operator, generator]),
)

/** Operators that are read but compared elsewhere, and why. */
export const withoutGenerator: Readonly<Record<string, string>> = {
  ZipMap: 'its output is a list of dictionaries; test/circuits/zoo.test.ts reads models that end in it',
}
