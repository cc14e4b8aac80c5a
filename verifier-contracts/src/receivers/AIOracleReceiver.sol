// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceOracle} from "../interfaces/IInferenceOracle.sol";
import {InferenceReceiver} from "./InferenceReceiver.sol";

/// @title Base of contracts in the shape of ORA's on-chain AI oracle
/// @notice Asks with data of its own choice, and gets the answer by `aiOracleCallback(requestId, output, callbackData)`.
/// @dev There the callback is external, and whoever forgets its modifier takes answers from anybody. Here it is internal,
///      and reached through the oracle alone. There is no challenge period: the answer is proven.
abstract contract AIOracleReceiver is InferenceReceiver {
    mapping(uint256 requestId => bytes) private _callbackData;

    /// @dev Asks the oracle and pays `maxFee`, in wei.
    /// @param callbackData Comes back with the answer.
    function _requestCallback(IInferenceOracle.Question memory question, uint256 maxFee, bytes memory callbackData)
        internal
        returns (uint256 requestId)
    {
        requestId = oracle.requestInference{value: maxFee}(question);
        _callbackData[requestId] = callbackData;
    }

    /// @dev Acts on a proven answer.
    /// @param output The packed outputs, 32 bytes a word.
    /// @param callbackData What was given when asking.
    function aiOracleCallback(uint256 requestId, bytes memory output, bytes memory callbackData) internal virtual;

    function _onInference(uint256 requestId, uint256[] calldata statement) internal override {
        bytes memory callbackData = _callbackData[requestId];
        delete _callbackData[requestId];
        aiOracleCallback(requestId, _outputsOf(requestId, statement), callbackData);
    }
}
