const shades = ' .:-=+*#%@'

/** A picture of numbers in [0, 1] as text, two rows to a line, since letters are taller than wide. */
export function drawPicture(pixels: ArrayLike<number>, width: number): string {
  const lines: string[] = []
  for (let row = 0; row + 1 < pixels.length / width; row += 2) {
    let line = ''
    for (let column = 0; column < width; column++) {
      const mean = (pixels[row * width + column]! + pixels[(row + 1) * width + column]!) / 2
      line += shades[Math.min(shades.length - 1, Math.floor(mean * shades.length))]
    }
    lines.push(`    ${line.trimEnd()}`)
  }
  return lines.filter((line) => line.trim() !== '').join('\n')
}
