// Made from Credits.sol by `npm run contracts:generate`; do not edit.

export const creditsAbi = [
  {"type":"function","name":"creditOf","inputs":[{"name":"account","type":"address","internalType":"address"}],"outputs":[{"name":"","type":"uint256","internalType":"uint256"}],"stateMutability":"view"},
  {"type":"function","name":"withdraw","inputs":[{"name":"to","type":"address","internalType":"address"}],"outputs":[{"name":"amount","type":"uint256","internalType":"uint256"}],"stateMutability":"nonpayable"},
  {"type":"event","name":"Withdrawn","inputs":[{"name":"account","type":"address","indexed":true,"internalType":"address"},{"name":"to","type":"address","indexed":true,"internalType":"address"},{"name":"amount","type":"uint256","indexed":false,"internalType":"uint256"}],"anonymous":false},
  {"type":"error","name":"NothingToWithdraw","inputs":[{"name":"account","type":"address","internalType":"address"}]},
  {"type":"error","name":"WithdrawalFailed","inputs":[{"name":"to","type":"address","internalType":"address"}]},
] as const
