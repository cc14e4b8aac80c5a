// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Bn254} from "./Bn254.sol";
import {Groth16} from "./Groth16.sol";
import {Words} from "./Words.sol";

/// @title What is checked of a verifying key before anything is verified under it
/// @notice A key that fails lets anyone forge proofs, rename statements, or is no key at all. A key that passes can
///         still have a trapdoor that someone kept: no check of its points can show that.
/// @dev Beta, gamma and delta must differ pairwise, up to sign. Gamma = ±delta: A = alpha, B = beta, C = ∓X
///      verifies for every X. Beta = ±delta: C = ∓alpha, A = X, B = gamma does. Beta = ±gamma: A = ±alpha + X,
///      B = gamma, C = 0 does. Gamma itself is the generator in snarkjs' keys, so only beta and delta must not be.
library KeyLint {
    using Words for uint256;

    uint256 private constant MIN_POINTS = 2;
    /// @dev 448 + 64·376 bytes and the STOP byte fit in the code of one contract.
    uint256 private constant MAX_POINTS = 376;

    /// @notice Reverts with the reason if a key is malformed or unsafe.
    /// @param key The canonical key bytes.
    function check(bytes memory key) internal view {
        uint256 points = pointCount(key.length);
        uint256 ptr = Words.addressOf(key);
        _checkCoordinates(ptr, key.length);
        _checkG1(ptr, 0);
        _checkG2(ptr);
        for (uint256 i; i < points; ++i) {
            _checkG1(ptr, Groth16.IC + 64 * i);
        }
        _checkRelations(ptr);
        _checkDistinct(ptr + Groth16.IC, points);
    }

    /// @notice The number of points IC in a key of this length; reverts if there is none such.
    function pointCount(uint256 length) internal pure returns (uint256 points) {
        if (length < Groth16.IC || (length - Groth16.IC) % 64 != 0) revert IModelRegistry.KeyLengthInvalid(length);
        points = (length - Groth16.IC) / 64;
        if (points < MIN_POINTS || points > MAX_POINTS) revert IModelRegistry.KeyLengthInvalid(length);
    }

    function _checkCoordinates(uint256 ptr, uint256 length) private pure {
        for (uint256 offset; offset < length; offset += 32) {
            if ((ptr + offset).load() >= Bn254.Q) revert IModelRegistry.KeyCoordinateOutOfField(offset);
        }
    }

    /// @dev y² = x³ + 3; the group has no other subgroup.
    function _checkG1(uint256 ptr, uint256 offset) private pure {
        uint256 x = (ptr + offset).load();
        uint256 y = (ptr + offset + 32).load();
        if (x == 0 && y == 0) revert IModelRegistry.KeyPointAtInfinity(offset);
        uint256 cube = mulmod(mulmod(x, x, Bn254.Q), x, Bn254.Q);
        if (mulmod(y, y, Bn254.Q) != addmod(cube, 3, Bn254.Q)) revert IModelRegistry.KeyPointOffCurve(offset);
    }

    /// @dev The pairing precompile refuses points outside the subgroup even beside the infinity of G1.
    function _checkG2(uint256 ptr) private view {
        uint256 pairs = Words.allocate(3 * Bn254.PAIR_WORDS); // G1 points stay zero: the infinity
        for (uint256 i; i < 3; ++i) {
            uint256 offset = Groth16.BETA + 128 * i;
            uint256 pair = pairs + Bn254.PAIR * i + 64;
            pair.copy(ptr + offset, 128);
            if (pair.load() | (pair + 32).load() | (pair + 64).load() | (pair + 96).load() == 0) {
                revert IModelRegistry.KeyPointAtInfinity(offset);
            }
        }
        if (!Bn254.pairingIsOne(pairs, 3)) revert IModelRegistry.KeyPointOutsideSubgroup();
    }

    /// @dev Two points of a curve with equal x are equal up to sign.
    function _checkRelations(uint256 ptr) private pure {
        if (ptr.load() == 1) revert IModelRegistry.KeyElementIsGenerator(0);
        if (_isG2Generator(ptr + Groth16.BETA)) revert IModelRegistry.KeyElementIsGenerator(Groth16.BETA);
        if (_isG2Generator(ptr + Groth16.DELTA)) revert IModelRegistry.KeyElementIsGenerator(Groth16.DELTA);
        if (
            _sameG2X(ptr + Groth16.GAMMA, ptr + Groth16.DELTA) || _sameG2X(ptr + Groth16.BETA, ptr + Groth16.DELTA)
                || _sameG2X(ptr + Groth16.BETA, ptr + Groth16.GAMMA)
        ) revert IModelRegistry.KeyElementsRelated();
    }

    function _isG2Generator(uint256 point) private pure returns (bool) {
        return point.load() == Bn254.G2_X1 && (point + 32).load() == Bn254.G2_X0;
    }

    function _sameG2X(uint256 left, uint256 right) private pure returns (bool) {
        return left.load() == right.load() && (left + 32).load() == (right + 32).load();
    }

    /// @dev Equal points let two signals change places in a proof's statement.
    function _checkDistinct(uint256 ptr, uint256 points) private pure {
        for (uint256 i; i < points; ++i) {
            uint256 x = (ptr + 64 * i).load();
            for (uint256 j; j < i; ++j) {
                if ((ptr + 64 * j).load() == x) revert IModelRegistry.KeyInputsRelated(j, i);
            }
        }
    }
}
