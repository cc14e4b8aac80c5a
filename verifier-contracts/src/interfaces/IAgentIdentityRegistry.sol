// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERC8004IdentityRegistry} from "./IERC8004IdentityRegistry.sol";

/// @title A small Identity Registry by ERC-8004, for chains that have no canonical one
/// @notice Agents are numbered from 1. There is no administrator. What an agent says of itself is its owner's word.
interface IAgentIdentityRegistry is IERC8004IdentityRegistry {
    /// @notice The caller is neither the agent's owner nor an operator of the owner's or of this agent.
    error NotAgentOperator(uint256 agentId, address caller);

    /// @notice `agentWallet` is set by {setAgentWallet} alone.
    error ReservedKey();

    /// @notice The wallet's consent has expired, or holds for longer than five minutes.
    error DeadlineInvalid(uint256 deadline);

    /// @notice The new wallet did not sign this, for this agent, owner, registry and chain.
    error WalletNotConsenting(address newWallet);
}
