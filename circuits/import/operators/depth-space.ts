import { formatShape } from '#circuits/graph/shapes.js'
import type { OperatorCall } from '#circuits/import/operator-call.js'
import { finish, reshapeStep, transposeStep } from '#circuits/import/operators/steps.js'

/** DepthToSpace: blocks of channels become blocks of pixels, depth (DCR) or column (CRD) first. */
export function readDepthToSpace(call: OperatorCall): void {
  const [batch, channels, height, width, block] = readImage(call)
  const mode = call.opset < 11 ? 'DCR' : call.attributes.string('mode', 'DCR')
  if (mode !== 'DCR' && mode !== 'CRD') call.refuse(`has mode "${mode}"`)
  const depth = channels / block ** 2
  if (!Number.isInteger(depth)) call.refuse(`has ${channels} channels for blocks of ${block}×${block}`)
  const isDepthFirst = mode === 'DCR'
  const split = isDepthFirst
    ? [batch, block, block, depth, height, width]
    : [batch, depth, block, block, height, width]
  const order = isDepthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]
  const turned = transposeStep(call, reshapeStep(call, call.input(0), split), order)
  finish(call, reshapeStep(call, turned, [batch, depth, height * block, width * block]))
}

/** SpaceToDepth: blocks of pixels become channels. */
export function readSpaceToDepth(call: OperatorCall): void {
  const [batch, channels, height, width, block] = readImage(call)
  if (height % block !== 0 || width % block !== 0) {
    call.refuse(`has blocks of ${block} in an image of ${height}×${width}`)
  }
  const [rows, columns] = [height / block, width / block]
  const split = reshapeStep(call, call.input(0), [batch, channels, rows, block, columns, block])
  const turned = transposeStep(call, split, [0, 3, 5, 1, 2, 4])
  finish(call, reshapeStep(call, turned, [batch, channels * block ** 2, rows, columns]))
}

function readImage(call: OperatorCall): readonly [number, number, number, number, number] {
  const shape = call.inputShape(0)
  const block = call.attributes.int('blocksize', null) ?? call.refuse('lacks its blocksize')
  if (shape.length !== 4) call.refuse(`needs an image, got ${formatShape(shape)}`)
  if (!(block >= 1)) call.refuse(`has blocks of ${block}`)
  return [...(shape as readonly [number, number, number, number]), block]
}
