import {
  checkRules,
  type RoundRules,
  unitsPerUpdate,
  updateTag,
  weightTag,
} from '#circuits/federated/rules.js'

/** Circom of a round's circuit: one template of circuits/lib, with the rules' numbers. @throws `INVALID_CIRCUIT` */
export function emitRound(rules: RoundRules): string {
  checkRules(rules)
  const { members, size, updateBits, clipBits, weightBits } = rules
  const numbers = [members, size, updateBits, clipBits, weightBits, unitsPerUpdate(rules)]
  const tags = [updateTag(rules, 0), weightTag(rules)]
  return [
    'pragma circom 2.1.6;',
    'include "federated.circom";',
    '',
    `component main {public [context]} = FederatedRound(${[...numbers, ...tags].join(', ')});`,
    '',
  ].join('\n')
}
