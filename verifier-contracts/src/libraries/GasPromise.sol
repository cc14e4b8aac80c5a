// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceOracle} from "../interfaces/IInferenceOracle.sol";

/// @title Calls that get the gas they were promised, and can do no harm
/// @notice A call passes on at most 63/64 of what is left (EIP-150), and silently less than asked for: whoever sends
///         the transaction could starve it. Here it reverts instead. Nothing that the callee returns is copied beyond
///         what is asked for, so that no callee makes the caller pay for memory.
library GasPromise {
    /// @dev What the call itself costs at most (2,600 for a cold account), and a margin to record that it failed.
    uint256 private constant OVERHEAD = 10_000;

    /// @notice Reverts unless a call made now can be given `amount` of gas.
    function ensure(uint256 amount) internal view {
        if (gasleft() < amount + amount / 63 + OVERHEAD) revert IInferenceOracle.InsufficientGas();
    }

    /// @notice Calls with at most `amount` of gas and no value, and drops what is returned.
    /// @param amount Gas to pass on; `type(uint256).max` for all that may be.
    function callWith(uint256 amount, address target, bytes memory data) internal returns (bool success) {
        assembly ("memory-safe") {
            success := call(amount, target, 0, add(data, 0x20), mload(data), 0, 0)
        }
    }

    /// @notice Asks for two words with exactly `amount` of gas; success only if two words at least come back.
    function askWith(uint256 amount, address target, bytes memory data)
        internal
        view
        returns (bool success, uint256 first, uint256 second)
    {
        ensure(amount);
        assembly ("memory-safe") {
            success := staticcall(amount, target, add(data, 0x20), mload(data), 0x00, 0x40)
            success := and(success, gt(returndatasize(), 0x3f))
            if success {
                first := mload(0x00)
                second := mload(0x20)
            }
        }
    }

    /// @notice Asks for one word with exactly `amount` of gas; success only if one word at least comes back.
    function askWordWith(uint256 amount, address target, bytes memory data)
        internal
        view
        returns (bool success, uint256 word)
    {
        ensure(amount);
        assembly ("memory-safe") {
            success := staticcall(amount, target, add(data, 0x20), mload(data), 0x00, 0x20)
            success := and(success, gt(returndatasize(), 0x1f))
            if success { word := mload(0x00) }
        }
    }
}
