// Made from AuditAnchor.sol by `npm run contracts:generate`; do not edit.

export const auditAnchorAbi = [
  {"type":"function","name":"anchor","inputs":[{"name":"seq","type":"uint64","internalType":"uint64"},{"name":"head","type":"bytes32","internalType":"bytes32"}],"outputs":[],"stateMutability":"nonpayable"},
  {"type":"function","name":"anchored","inputs":[{"name":"keeper","type":"address","internalType":"address"}],"outputs":[{"name":"seq","type":"uint64","internalType":"uint64"}],"stateMutability":"view"},
  {"type":"event","name":"Anchored","inputs":[{"name":"keeper","type":"address","indexed":true,"internalType":"address"},{"name":"seq","type":"uint64","indexed":true,"internalType":"uint64"},{"name":"head","type":"bytes32","indexed":false,"internalType":"bytes32"}],"anonymous":false},
  {"type":"error","name":"NotAhead","inputs":[{"name":"anchored","type":"uint64","internalType":"uint64"},{"name":"seq","type":"uint64","internalType":"uint64"}]},
] as const

export const auditAnchorBytecode =
  '0x60808060405234601557610196908161001a8239f35b5f80fdfe6080806040526004361015610012575f80fd5b5f3560e01c9081639ad78d951461012a575063a685520814610032575f80fd5b346101265760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126101265760043567ffffffffffffffff811680910361012657335f525f60205267ffffffffffffffff60405f205416808211156100f85750335f525f60205260405f20817fffffffffffffffffffffffffffffffffffffffffffffffff000000000000000082541617905560405160243581527f0cd48d2f0de2b26babeaa563bc19f67e7b14bb998edeaabe4592e8b4472dda6b60203392a3005b7ff00bf253000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b5f80fd5b346101265760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610126576004359073ffffffffffffffffffffffffffffffffffffffff8216809203610126576020915f525f825267ffffffffffffffff60405f2054168152f3' as const
