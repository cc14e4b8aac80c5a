// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title A contract that takes an oracle's proven answers
interface IInferenceCallback {
    /// @notice The proven answer to a request of this contract. Accept it from the oracle alone, which calls who asked
    ///         and nobody else, and delivers each answer once.
    /// @dev If it reverts, the answer stands and the call may be repeated later, by anyone and with any amount of gas
    ///      from the promised one on. Return where the answer is of no use any more.
    /// @param requestId The request, as `requestInference` numbered it.
    /// @param statement The proven public signals: the input as it was asked about, then the packed outputs.
    function onInference(uint256 requestId, uint256[] calldata statement) external;
}
