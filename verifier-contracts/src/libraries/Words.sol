// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title Words in memory, by address
/// @dev What {Groth16} and {KeyLint} need where arrays with bounds checks would cost more than the arithmetic.
///      Each caller owns the ranges that it names.
library Words {
    /// @notice Where the contents of `value` start.
    function addressOf(bytes memory value) internal pure returns (uint256 ptr) {
        assembly ("memory-safe") {
            ptr := add(value, 0x20)
        }
    }

    /// @notice `count` zeroed words of fresh memory.
    function allocate(uint256 count) internal pure returns (uint256 ptr) {
        assembly ("memory-safe") {
            ptr := mload(0x40)
            let bytes_ := shl(5, count)
            calldatacopy(ptr, calldatasize(), bytes_) // reads zeros
            mstore(0x40, add(ptr, bytes_))
        }
    }

    function load(uint256 ptr) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(ptr)
        }
    }

    function store(uint256 ptr, uint256 value) internal pure {
        assembly ("memory-safe") {
            mstore(ptr, value)
        }
    }

    function copy(uint256 to, uint256 from, uint256 bytes_) internal pure {
        assembly ("memory-safe") {
            mcopy(to, from, bytes_)
        }
    }

    /// @notice Copies calldata to memory.
    function copyIn(uint256 to, bytes calldata from) internal pure {
        assembly ("memory-safe") {
            calldatacopy(to, from.offset, from.length)
        }
    }

    /// @notice Whether each of `count` words is below `bound`.
    function allBelow(uint256 ptr, uint256 count, uint256 bound) internal pure returns (bool result) {
        assembly ("memory-safe") {
            result := 1
            for { let end := add(ptr, shl(5, count)) } lt(ptr, end) { ptr := add(ptr, 0x20) } {
                result := and(result, lt(mload(ptr), bound))
            }
        }
    }

    /// @notice sums[i] += factor · values[i] modulo `modulus`, for `count` words.
    function addScaled(uint256 sums, uint256 values, uint256 count, uint256 factor, uint256 modulus) internal pure {
        assembly ("memory-safe") {
            for { let end := add(sums, shl(5, count)) } lt(sums, end) {
                sums := add(sums, 0x20)
                values := add(values, 0x20)
            } {
                mstore(sums, addmod(mload(sums), mulmod(factor, mload(values), modulus), modulus))
            }
        }
    }
}
