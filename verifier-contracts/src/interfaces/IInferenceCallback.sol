// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title A contract that takes an oracle's proven answers
interface IInferenceCallback {
    /// @notice The proven answer to a request of this contract. Accept it from the oracle alone.
    /// @param requestId The request, as `requestInference` numbered it.
    /// @param statement The proven public signals: the input as it was asked about, then the packed outputs.
    function onInference(uint256 requestId, uint256[] calldata statement) external;
}
