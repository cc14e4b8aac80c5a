// Made by `npm run contracts:generate`; do not edit.

import { accessGrantsBytecode } from '#contracts/generated/AccessGrants.js'
import { auditAnchorBytecode } from '#contracts/generated/AuditAnchor.js'
import { datasetRegistryBytecode } from '#contracts/generated/DatasetRegistry.js'
import { inferenceOracleBytecode } from '#contracts/generated/InferenceOracle.js'
import { inferenceVerifierBytecode } from '#contracts/generated/InferenceVerifier.js'
import { modelRegistryBytecode } from '#contracts/generated/ModelRegistry.js'
import { provenanceBytecode } from '#contracts/generated/Provenance.js'

/** The factory that deploys them, at the same address on every chain (Arachnid/deterministic-deployment-proxy). */
export const deploymentFactory = '0x4e59b44847b379578588920cA78FbF26c0B4956C'

/** By name, each after those whose addresses its constructor takes. */
export const sharedContracts = {
  ModelRegistry: {
    address: '0xf19732Bfb96eAeBAc6392aB20b2eE22b32111473',
    dependencies: [],
    bytecode: modelRegistryBytecode,
  },
  InferenceVerifier: {
    address: '0x4ADc6b177E61dd0c8Bb9B621BdB0Fa36541c588B',
    dependencies: ['ModelRegistry'],
    bytecode: inferenceVerifierBytecode,
  },
  InferenceOracle: {
    address: '0xA9a710f5049f99726130E91B83993e8E5Aa8eAfD',
    dependencies: ['InferenceVerifier'],
    bytecode: inferenceOracleBytecode,
  },
  Provenance: {
    address: '0xb8fF774a1D4Cf1aCd3479F70aa9212D0e27c6F3C',
    dependencies: [],
    bytecode: provenanceBytecode,
  },
  AuditAnchor: {
    address: '0x65F28fA0135b0D472003a10F3eB8f4544f38DaF2',
    dependencies: [],
    bytecode: auditAnchorBytecode,
  },
  DatasetRegistry: {
    address: '0x32E36E7ec2cac75179CdCb3c4bD4746062185adF',
    dependencies: [],
    bytecode: datasetRegistryBytecode,
  },
  AccessGrants: {
    address: '0x35457D6BFA3FC2fb024463C64Fc9562281Cd4Ed0',
    dependencies: [],
    bytecode: accessGrantsBytecode,
  },
} as const
