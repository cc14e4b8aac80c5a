// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title circomlib's Poseidon hash of five field elements, as circomlibjs generates it
interface IPoseidon5 {
    /// @notice The hash of elements, each below the scalar field's order; larger ones are reduced.
    function poseidon(uint256[5] calldata input) external pure returns (uint256);
}
