// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceCallback} from "../interfaces/IInferenceCallback.sol";
import {IInferenceOracle} from "../interfaces/IInferenceOracle.sol";

/// @title Base of contracts that ask an oracle and are called back
/// @dev Answers come from the oracle alone, each to the contract that asked, once. What the heir does in
///      {_onInference} must fit into the callback gas it asks with, and it must return, not revert, where it wants the
///      answer no more. The fee's rest and refunds are credits of this contract: the heir offers a way to
///      `oracle.withdraw` them.
abstract contract InferenceReceiver is IInferenceCallback {
    /// @notice Whose answers count, for good.
    IInferenceOracle public immutable oracle;

    /// @notice Only the oracle delivers answers.
    error NotOracle(address caller);

    constructor(IInferenceOracle oracle_) {
        oracle = oracle_;
    }

    /// @inheritdoc IInferenceCallback
    function onInference(uint256 requestId, uint256[] calldata statement) external {
        if (msg.sender != address(oracle)) revert NotOracle(msg.sender);
        _onInference(requestId, statement);
    }

    /// @dev Acts on a proven answer.
    /// @param statement The input as it was asked about, then the packed outputs: read them by {PackedOutputs}.
    function _onInference(uint256 requestId, uint256[] calldata statement) internal virtual;

    /// @dev The packed outputs of a statement, 32 bytes a word; what precedes them is the input.
    function _outputsOf(uint256 requestId, uint256[] calldata statement) internal view returns (bytes memory) {
        return abi.encodePacked(statement[oracle.getRequest(requestId).inputSignals:]);
    }
}
