// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ILotTrace} from "../interfaces/ILotTrace.sol";

/// @title The hashes that chain a lot's steps
library TraceHash {
    /// @notice The hash before any step: it names chain, contract and lot, and all that its maker fixed.
    function opening(uint256 lotId, address maker, ILotTrace.Terms calldata terms, address[] calldata loggers)
        internal
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(block.chainid, address(this), lotId, maker, terms, loggers));
    }

    /// @notice The hash of a step after another.
    /// @param statement The proof's: state before, readings, state after.
    function step(bytes32 previous, address custodian, address logger, uint48 until, uint256[] calldata statement)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(previous, custodian, logger, until, statement[0], statement[1], statement[2]));
    }

    /// @notice The sum of the lowest `count` lanes of 8 bits.
    function lanesSum(uint256 word, uint256 count) internal pure returns (uint256 sum) {
        for (uint256 i; i < count; ++i) {
            sum += (word >> (8 * i)) & 0xff;
        }
    }
}
