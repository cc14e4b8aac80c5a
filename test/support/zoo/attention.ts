/** A tiny transformer block as PyTorch exports it: LayerNorm and GELU in parts at opset 13, whole at 17 and 20. */
import { Exporter, type ZooModel } from './exporter.js'

const [tokens, width, heads] = [4, 6, 2]

function layerNorm(net: Exporter, value: string): string {
  const [scale, offset] = [net.numbers([width], 0.7, 1.3), net.numbers([width], -0.2, 0.2)]
  if (net.opset >= 17) {
    return net.node('LayerNormalization', [value, scale, offset], { axis: -1, epsilon: { float: 1e-5 } })
  }
  const mean = net.node('ReduceMean', [value], { axes: [-1] })
  const centred = net.node('Sub', [value, mean])
  const variance = net.node('ReduceMean', [net.node('Pow', [centred, net.scalar(2)])], { axes: [-1] })
  const deviation = net.node('Sqrt', [net.node('Add', [variance, net.scalar(1e-5)])])
  const normal = net.node('Div', [centred, deviation])
  return net.node('Add', [net.node('Mul', [normal, scale]), offset])
}

function gelu(net: Exporter, value: string): string {
  if (net.opset >= 20) return net.node('Gelu', [value])
  const bent = net.node('Erf', [net.node('Div', [value, net.scalar(Math.SQRT2)])])
  const product = net.node('Mul', [value, net.node('Add', [bent, net.scalar(1)])])
  return net.node('Mul', [product, net.scalar(0.5)])
}

function project(net: Exporter, value: string, inputs: number, outputs: number): string {
  const product = net.node('MatMul', [value, net.weight([inputs, outputs], inputs)])
  return net.node('Add', [net.numbers([outputs], -0.1, 0.1), product])
}

function selfAttention(net: Exporter, value: string): string {
  const split = (part: string, perm: readonly number[]): string => {
    const apart = net.node('Reshape', [part, net.integers(1, tokens, heads, width / heads)])
    return net.node('Transpose', [apart], { perm })
  }
  const query = split(project(net, value, width, width), [0, 2, 1, 3])
  const key = split(project(net, value, width, width), [0, 2, 3, 1])
  const content = split(project(net, value, width, width), [0, 2, 1, 3])
  const scores = net.node('Div', [net.node('MatMul', [query, key]), net.scalar(Math.sqrt(width / heads))])
  const mixed = net.node('MatMul', [net.node('Softmax', [scores], { axis: -1 }), content])
  const together = net.node('Transpose', [mixed], { perm: [0, 2, 1, 3] })
  return project(net, net.node('Reshape', [together, net.integers(1, tokens, width)]), width, width)
}

function block(opset: number, bound: number): ZooModel {
  const net = new Exporter(opset, opset)
  const embedded = project(net, net.input('tokens', ['batch', tokens, 3]), 3, width)
  const attended = layerNorm(net, net.node('Add', [embedded, selfAttention(net, embedded)]))
  const wide = gelu(net, project(net, attended, width, 8))
  const fed = layerNorm(net, net.node('Add', [attended, project(net, wide, 8, width)]))
  const pooled =
    net.opset >= 18
      ? net.node('ReduceMean', [fed, net.integers(1)], { keepdims: 0 })
      : net.node('ReduceMean', [fed], { axes: [1], keepdims: 0 })
  return {
    name: `attention block, opset ${opset}`,
    file: net.file(net.linear(pooled, width, 3)),
    low: -1,
    high: 1,
    bound,
  }
}

export const attentionModels = [() => block(13, 0.03), () => block(17, 0.03), () => block(20, 0.03)] as const
