import { describeModel } from '../../support/whole-model.js'

describeModel('mnist-lenet5', { rows: 5, mostConstraints: 110_000 })
