// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERC8004ValidationRegistry} from "./IERC8004ValidationRegistry.sol";

/// @title A small Validation Registry by ERC-8004, for chains that have no canonical one
/// @notice A hash names one request, of the agent that came first: a request of another agent under the same hash is
///         refused. Commit to the agent's number and to a salt, as {IInferenceValidator} does, and who takes a hash away
///         has gained nothing. There is no administrator.
interface IAgentValidationRegistry is IERC8004ValidationRegistry {
    /// @notice The caller is neither the agent's owner nor an operator of the owner's or of this agent.
    error NotAgentOperator(uint256 agentId, address caller);

    /// @notice A validator is needed.
    error ValidatorMissing();

    /// @notice There is a request under this hash.
    error RequestExists(bytes32 requestHash);

    /// @notice There is no request under this hash.
    error RequestNotFound(bytes32 requestHash);

    /// @notice Another validator was asked.
    error NotValidator(bytes32 requestHash, address caller);

    /// @notice Responses are 0 to 100.
    error ResponseTooHigh(uint8 response);
}
