import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '#circuits/paths.js'

/** The gadget library with one constraint less. */
export interface LibraryMutant {
  /** The line that lost its constraint. */
  readonly line: string
  /** Appended to the names of all templates. */
  readonly suffix: string
  readonly source: string
}

const files = ['bits.circom', 'rescale.circom', 'maximum.circom', 'table.circom']
const templates = /\b(OpenBits|Bits|ReluRescale|Rescale|PositivePart|Sign|Table)\(/g

/**
 * One mutant for each constraint that the text makes: `===` left out, `<==` turned into the advice `<--`. An element
 * that is set to a number only to fill its array is read by nobody, so that no forgery can use it.
 */
export function libraryMutants(): LibraryMutant[] {
  const lines = files.flatMap((file) =>
    readFileSync(join(packageRoot, 'circuits', 'lib', file), 'utf8')
      .split('\n')
      .filter((line) => !/^(pragma|include|\/\/)/.test(line)),
  )
  const constraining = lines.flatMap((line, at) => {
    const [code] = line.split('//') as [string]
    return /<==|===/.test(code) && !/<== \d+;/.test(code) ? [at] : []
  })
  return constraining.map((at, k) => {
    const suffix = `_${k}`
    const mutated = lines.with(at, weaken(lines[at]!))
    return {
      line: lines[at]!.trim(),
      suffix,
      source: mutated.join('\n').replace(templates, `$1${suffix}(`),
    }
  })
}

function weaken(line: string): string {
  return line.includes('===') ? '' : line.replace('<==', '<--')
}
