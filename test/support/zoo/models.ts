import { attentionModels } from './attention.js'
import type { ZooModel } from './exporter.js'
import { kerasModels } from './keras.js'
import { quantiserModels } from './quantisers.js'
import { scikitModels } from './scikit.js'
import { torchModels } from './torch.js'

/** Small models in the operator patterns that exporters write. */
export const zoo: readonly ZooModel[] = [
  ...torchModels,
  ...attentionModels,
  ...kerasModels,
  ...scikitModels,
  ...quantiserModels,
].map((make) => make())
