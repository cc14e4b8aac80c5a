// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Bn254} from "./Bn254.sol";
import {Groth16} from "./Groth16.sol";
import {Words} from "./Words.sol";

/// @title Keys of versions that commit to their weights
/// @notice The weights w_i and a blinding rho are public signals of the circuit that no verifier sees: their part of
///         the verifier's sum, M = Σ w_i·IC_i + rho·IC_rho, is the same in every proof of a version, so it is added
///         to IC_0 once.
/// @dev M must be such a sum. M + t·IC_j for a real signal j would make each proof of s_j one of s_j - t. The set-up
///      publishes kappa·G2 and, of the weights' points alone, kappa·IC_i: whoever shows kappa·M made M of them
///      (knowledge of exponent). An *architecture* is a key for the real signals and kappa·G2, one after the other.
library CommittedKey {
    using Words for uint256;

    uint256 internal constant SPAN_KEY = 128;
    /// @dev With the STOP byte, what one contract's code holds.
    uint256 private constant MAX_LENGTH = 24_575;

    /// @notice Refuses an architecture whose kappa·G2 is malformed, or a point for which kappa·G1 is known: then
    ///         any M would pass. The key in front of it has passed {KeyLint}.
    function checkSpanKey(bytes memory architecture, uint256 spanKeyLength) internal view {
        if (spanKeyLength != SPAN_KEY) revert IModelRegistry.SpanKeyInvalid();
        if (architecture.length > MAX_LENGTH) revert IModelRegistry.KeyLengthInvalid(architecture.length);
        uint256 ptr = Words.addressOf(architecture);
        uint256 spanKey = ptr + architecture.length - SPAN_KEY;
        bool valid = Words.allBelow(spanKey, 4, Bn254.Q)
            && !(spanKey.load() == Bn254.G2_X1 && (spanKey + 32).load() == Bn254.G2_X0)
            && !_sameX(spanKey, ptr + Groth16.BETA) && !_sameX(spanKey, ptr + Groth16.GAMMA)
            && !_sameX(spanKey, ptr + Groth16.DELTA);
        if (valid) {
            // The precompile takes infinity, all zero, for a point of the subgroup.
            valid = (spanKey.load() | (spanKey + 32).load() | (spanKey + 64).load() | (spanKey + 96).load()) != 0;
        }
        if (valid) {
            uint256 pair = Words.allocate(Bn254.PAIR_WORDS); // its G1 point stays zero: the infinity
            (pair + 64).copy(spanKey, SPAN_KEY);
            valid = Bn254.pairingIsOne(pair, 1);
        }
        if (!valid) revert IModelRegistry.SpanKeyInvalid();
    }

    /// @notice The key of a version, as canonical bytes, for {KeyLint} to check.
    function fold(bytes memory architecture, IModelRegistry.WeightCommitment calldata weights)
        internal
        view
        returns (bytes memory key)
    {
        uint256[2] calldata m = weights.commitment;
        uint256[2] calldata proof = weights.spanProof;
        if (!Bn254.isFiniteG1(m[0], m[1]) || !Bn254.isFiniteG1(proof[0], proof[1])) {
            revert IModelRegistry.WeightsInvalid();
        }
        key = architecture;
        uint256 keyLength = architecture.length - SPAN_KEY;
        uint256 ptr = Words.addressOf(key);
        if (!_isInSpan(m, proof, ptr + keyLength)) revert IModelRegistry.WeightsOutsideSpan();
        assembly ("memory-safe") {
            mstore(key, keyLength)
        }
        uint256 sum = Words.allocate(4);
        sum.copy(ptr + Groth16.IC, 64);
        (sum + 64).store(m[0]);
        (sum + 96).store(m[1]);
        if (!Bn254.add(sum)) revert IModelRegistry.WeightsInvalid();
        (ptr + Groth16.IC).copy(sum, 64);
    }

    /// @dev e(-M, kappa·G2) · e(M', G2) = 1
    function _isInSpan(uint256[2] calldata m, uint256[2] calldata proof, uint256 spanKey)
        private
        view
        returns (bool)
    {
        uint256 pairs = Words.allocate(2 * Bn254.PAIR_WORDS);
        pairs.store(m[0]);
        (pairs + 32).store(Bn254.Q - m[1]); // no point of the curve has y = 0
        (pairs + 64).copy(spanKey, SPAN_KEY);
        uint256 second = pairs + Bn254.PAIR;
        second.store(proof[0]);
        (second + 32).store(proof[1]);
        (second + 64).store(Bn254.G2_X1);
        (second + 96).store(Bn254.G2_X0);
        (second + 128).store(Bn254.G2_Y1);
        (second + 160).store(Bn254.G2_Y0);
        return Bn254.pairingIsOne(pairs, 2);
    }

    function _sameX(uint256 left, uint256 right) private pure returns (bool) {
        return left.load() == right.load() && (left + 32).load() == (right + 32).load();
    }
}
