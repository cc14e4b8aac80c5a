// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceOracle} from "../interfaces/IInferenceOracle.sol";
import {InferenceReceiver} from "./InferenceReceiver.sol";

/// @title Base of contracts in the shape of Chainlink Functions' clients
/// @notice Gets the answer by `handleOracleFulfillment(requestId, response, err)`.
/// @dev There it is external and guarded; here it is internal, and reached through the oracle alone. A request that
///      nobody can answer ends by a refund and not by a call, so that `err` is always empty.
abstract contract FunctionsReceiver is InferenceReceiver {
    /// @dev Asks the oracle and pays `maxFee`, in wei.
    function _sendRequest(IInferenceOracle.Question memory question, uint256 maxFee)
        internal
        returns (bytes32 requestId)
    {
        requestId = bytes32(oracle.requestInference{value: maxFee}(question));
    }

    /// @dev Acts on a proven answer.
    /// @param response The packed outputs, 32 bytes a word.
    /// @param err Empty.
    function handleOracleFulfillment(bytes32 requestId, bytes memory response, bytes memory err) internal virtual;

    function _onInference(uint256 requestId, uint256[] calldata statement) internal override {
        handleOracleFulfillment(bytes32(requestId), _outputsOf(requestId, statement), "");
    }
}
