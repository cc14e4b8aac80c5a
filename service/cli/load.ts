import { type Dataset, parseDataset } from '#circuits/data/dataset.js'
import { parseInput } from '#circuits/data/input.js'
import type { FloatTensor, Graph, NamedShape } from '#circuits/graph/graph.js'
import { optimiseGraph } from '#circuits/graph/passes/optimise.js'
import { readJson, readSource } from '#service/cli/files.js'
import { importInSandbox } from '#service/sandbox/import-sandbox.js'

/** An ONNX file and the graph that it holds, ready to quantise. */
export interface LoadedModel {
  readonly onnx: Uint8Array
  readonly graph: Graph
}

/** Reads a model in a child process. @throws ZkserveError as `importInSandbox` */
export async function loadModel(path: string, signal?: AbortSignal): Promise<LoadedModel> {
  const onnx = await readSource(path)
  const graph = await importInSandbox(onnx, signal === undefined ? {} : { signal })
  return { onnx, graph: optimiseGraph(graph) }
}

/** @throws ZkserveError `FILE_NOT_FOUND`, `INVALID_DATA` */
export async function loadDataset(path: string, inputs: readonly NamedShape[]): Promise<Dataset> {
  return parseDataset(await readSource(path), inputs)
}

/** @throws ZkserveError `FILE_NOT_FOUND`, `INVALID_INPUT` */
export async function loadInput(
  path: string,
  inputs: readonly NamedShape[],
  batch = 1,
): Promise<ReadonlyMap<string, FloatTensor>> {
  return parseInput(await readJson(path, 'INVALID_INPUT'), inputs, batch)
}
