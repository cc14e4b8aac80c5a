/** Generators of operators that enlarge images. */
import type { Generator } from './generator.js'
import type { OnnxCase } from './onnx-case.js'

/** Interpolation between neighbours, by factors that need be no integers. */
function interpolate(draw: OnnxCase): string {
  const shape = [1, draw.between(1, 3), draw.between(1, 5), draw.between(1, 5)]
  const factor = (): number => draw.pick([0.5, 0.75, 1, 1.5, 2, 2.5, 3])
  const factors = [1, 1, ...shape.slice(2).map((length) => Math.max(factor(), 1 / length))]
  const mode = draw.pick(['half_pixel', 'asymmetric', 'pytorch_half_pixel', 'align_corners'])
  const attributes = { mode: 'linear', coordinate_transformation_mode: draw.maybe(mode) }
  const empty = draw.opset < 13 ? draw.constant([0], []) : undefined
  return draw.node('Resize', [draw.value(shape), empty, draw.constant([4], factors)], attributes)
}

export const resizeGenerators: readonly Generator[] = [
  {
    operator: 'Resize',
    since: 10,
    make(draw) {
      if (draw.opset >= 11 && draw.chance(0.4)) return interpolate(draw)
      const shape = [1, draw.between(1, 3), draw.between(1, 4), draw.between(1, 4)]
      const factors = [1, 1, draw.between(1, 3), draw.between(1, 3)]
      const value = draw.value(shape)
      const scales = draw.constant([4], factors)
      if (draw.opset < 11) return draw.node('Resize', [value, scales], { mode: draw.maybe('nearest') })
      const attributes = {
        mode: draw.maybe('nearest'),
        coordinate_transformation_mode: draw.maybe(
          draw.pick(['half_pixel', 'asymmetric', 'pytorch_half_pixel']),
        ),
        nearest_mode: draw.maybe(draw.pick(['floor', 'round_prefer_floor', 'round_prefer_ceil', 'ceil'])),
      }
      const sizes = draw.integers(...shape.map((length, axis) => length * factors[axis]!))
      const empty = draw.opset < 13 ? draw.constant([0], []) : undefined
      if (draw.chance(0.5)) return draw.node('Resize', [value, empty, scales], attributes)
      return draw.node('Resize', [value, empty, empty, sizes], attributes)
    },
  },
  {
    operator: 'Upsample',
    since: 7,
    until: 9,
    make(draw) {
      const value = draw.value([1, draw.between(1, 3), draw.between(1, 4), draw.between(1, 4)])
      const factors = [1, 1, draw.between(1, 3), draw.between(1, 3)]
      if (draw.opset < 9) return draw.node('Upsample', [value], { scales: { floats: factors } })
      return draw.node('Upsample', [value, draw.constant([4], factors)])
    },
  },
]
