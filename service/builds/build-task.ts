import type { BuildRequest } from '#service/builds/build-child.js'

/** A model to build; what was uploaded of it waits under its id. */
export interface BuildTask extends Pick<BuildRequest, 'name' | 'options'> {
  readonly kind: 'build'
  /** Id of the model. */
  readonly model: string
}
