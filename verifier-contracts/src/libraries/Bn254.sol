// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "../interfaces/IInferenceVerifier.sol";

/// @title BN254 (alt_bn128) through the precompiles of EIP-196 and EIP-197
/// @dev Points are passed as memory addresses: G1 is 64 bytes (x, y), G2 is 128 bytes (x.c1, x.c0, y.c1, y.c0).
///      The precompiles refuse points off the curve, outside the subgroup of G2, and coordinates that are not
///      below `Q`; they then burn all gas they were given. So each call is given the price of EIP-1108 and a
///      margin in case a chain reprices, never all that is left.
library Bn254 {
    /// @dev Order of the base field: coordinates are below it.
    uint256 internal constant Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583;
    /// @dev Order of the groups: public signals are below it.
    uint256 internal constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    /// @dev The generator of G2, in EIP-197 order.
    uint256 internal constant G2_X1 = 11559732032986387107991004021392285783925812861821192530917403151452391805634;
    uint256 internal constant G2_X0 = 10857046999023057135944570762232829481370756359578518086990519993285655852781;
    uint256 internal constant G2_Y1 = 4082367875863433681332203403145435568316851327593401208105741076214120093531;
    uint256 internal constant G2_Y0 = 8495653923123431417604973247489272438418190587263600148770280649306958101930;

    /// @dev Bytes of one pair (G1, G2) in the input of {pairingIsOne}.
    uint256 internal constant PAIR = 192;
    uint256 internal constant PAIR_WORDS = 6;

    /// @dev ECADD costs 150 gas, ECMUL 6,000, a pairing check 45,000 + 34,000 a pair.
    uint256 private constant ADD_GAS = 1_000;
    uint256 private constant MUL_GAS = 12_000;

    /// @notice Whether x, y is a finite point of G1 in its only encoding. G1 is the whole curve y² = x³ + 3.
    function isFiniteG1(uint256 x, uint256 y) internal pure returns (bool) {
        if (x >= Q || y >= Q || (x == 0 && y == 0)) return false;
        return mulmod(y, y, Q) == addmod(mulmod(mulmod(x, x, Q), x, Q), 3, Q);
    }

    /// @notice The sum of two points that lie one after the other replaces the first.
    /// @return ok False if a point is invalid.
    function add(uint256 points) internal view returns (bool ok) {
        assembly ("memory-safe") {
            ok := staticcall(ADD_GAS, 0x06, points, 0x80, points, 0x40)
        }
    }

    /// @notice accumulator += Σ scalars[i] · points[i].
    /// @param accumulator Address of five words: the accumulated point, and three of scratch.
    /// @param points Address of `count` G1 points.
    /// @param scalars Address of `count` words.
    /// @return ok False if a point is invalid.
    function addCombination(uint256 accumulator, uint256 points, uint256 scalars, uint256 count)
        internal
        view
        returns (bool ok)
    {
        assembly ("memory-safe") {
            let product := add(accumulator, 0x40)
            ok := 1
            for { let end := add(scalars, shl(5, count)) } lt(scalars, end) { scalars := add(scalars, 0x20) } {
                mcopy(product, points, 0x40)
                mstore(add(product, 0x40), mload(scalars))
                ok := and(staticcall(MUL_GAS, 0x07, product, 0x60, product, 0x40), ok)
                ok := and(staticcall(ADD_GAS, 0x06, accumulator, 0x80, accumulator, 0x40), ok)
                points := add(points, 0x40)
            }
        }
    }

    /// @notice accumulator += scalar · point; as {addCombination} with one term.
    function addScaled(uint256 accumulator, uint256 point, uint256 scalar) internal view returns (bool) {
        uint256 lastWord = accumulator + 0x80; // scratch, where the precompile wants the scalar anyway
        assembly ("memory-safe") {
            mstore(lastWord, scalar)
        }
        return addCombination(accumulator, point, lastWord, 1);
    }

    /// @notice target = scalar · point.
    /// @param target Address of three words; the first two receive the point.
    /// @param point Address of a G1 point, left as it is.
    /// @return ok False if the point is invalid.
    function scale(uint256 target, uint256 point, uint256 scalar) internal view returns (bool ok) {
        assembly ("memory-safe") {
            mcopy(target, point, 0x40)
            mstore(add(target, 0x40), scalar)
            ok := staticcall(MUL_GAS, 0x07, target, 0x60, target, 0x40)
        }
    }

    /// @notice Whether the product of the pairings of all pairs is one; false if any point is invalid.
    /// @param input Address of `pairs` pairs of a G1 and a G2 point, {PAIR} bytes each.
    /// @dev Reverts with `InsufficientGas` where 63/64 of what is left could not pay for the check: else a caller
    ///      who gives too little gas could make a good proof look bad.
    function pairingIsOne(uint256 input, uint256 pairs) internal view returns (bool result) {
        uint256 allowance;
        unchecked {
            allowance = (45_000 + 34_000 * pairs) * 5 / 4;
            if (gasleft() < allowance + allowance / 32) revert IInferenceVerifier.InsufficientGas();
        }
        assembly ("memory-safe") {
            mstore(0x00, 0)
            let ok := staticcall(allowance, 0x08, input, mul(pairs, PAIR), 0x00, 0x20)
            result := and(eq(mload(0x00), 1), ok)
        }
    }
}
