import type { CircomText } from '#circuits/emit/text.js'

/**
 * Gives a gadget its sum. Where `open`, the sum stays an expression: the gadget takes it as advice, and what its bits
 * leave of the sum is made boolean here; `rest` takes them from `lowest`.
 * @param open Circom: `0`, `1`, or an expression that is one of them for each gadget
 */
export function emitSum(text: CircomText, open: string, gadget: string, sum: string, rest: () => void): void {
  if (open === '0') text.line(`${gadget}.x <== ${sum};`)
  else if (open === '1') {
    text.line(
      '// advice: the sum; no constraint names it, its bits are pinned by the boolean that they leave of the sum.',
    )
    text.line(`${gadget}.x <-- ${sum};`)
    text.line(`var lowest = ${sum};`)
    rest()
    text.line('lowest * (lowest - 1) === 0;')
  } else {
    text.block(`if (${open} == 1)`, () => emitSum(text, '1', gadget, sum, rest))
    text.block('else', () => emitSum(text, '0', gadget, sum, rest))
  }
}

/** Takes the bits `high` of a gadget, 1 to `bits` - 1, from `lowest`. */
export function takeBits(text: CircomText, gadget: string, bits: string): void {
  text.line(`for (var b = 1; b < ${bits}; b++) lowest -= ${gadget}.high[b - 1] * (1 << b);`)
}
