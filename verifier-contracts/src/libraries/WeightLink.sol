// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ILinkedEvaluations} from "../interfaces/ILinkedEvaluations.sol";
import {Bn254} from "./Bn254.sol";
import {Groth16} from "./Groth16.sol";
import {Words} from "./Words.sol";
import {SSTORE2} from "solady/utils/SSTORE2.sol";

/// @title Links: two commitments under keys of two circuits are to the same weights
/// @notice With secrets k1, k2, a that whoever made the link key forgot: A = a·G2, C1 = a·k1·G2, C2 = a·k2·G2, and of
///         each weight's points I_i and J_i in the two keys, k1·I_i + k2·J_i. A link pi = k1·M + k2·M* can be made of
///         these alone, hence of one list of weights: e(pi, A) = e(M, C1) · e(M*, C2).
/// @dev Kiltz and Wee 2015; the argument is in prover/README.md.
library WeightLink {
    using Words for uint256;

    /// @dev Bytes of a G2 point.
    uint256 private constant G2 = 128;

    /// @notice Refuses a key with a point that is infinity, not of the subgroup, or another's up to sign.
    function checkKey(uint256[12] calldata key) internal view {
        for (uint256 i; i < 12; i += 4) {
            if (key[i] | key[i + 1] | key[i + 2] | key[i + 3] == 0) revert ILinkedEvaluations.LinkKeyInvalid();
            uint256 next = (i + 4) % 12;
            if (key[i] == key[next] && key[i + 1] == key[next + 1]) revert ILinkedEvaluations.LinkKeyInvalid();
        }
        // G1 points stay zero, the infinity: the check fails for an invalid G2 point alone.
        if (!Bn254.pairingIsOne(_pairs(key), 3)) revert ILinkedEvaluations.LinkKeyInvalid();
    }

    /// @notice Whether two commitments are linked.
    /// @param served M, by {commitmentOf}.
    /// @param evaluated M*.
    function holds(
        uint256[12] memory key,
        uint256[2] memory served,
        uint256[2] calldata evaluated,
        uint256[2] calldata proof
    ) internal view returns (bool) {
        if (!Bn254.isFiniteG1(evaluated[0], evaluated[1]) || !Bn254.isFiniteG1(proof[0], proof[1])) return false;
        uint256 pairs = _pairs(key);
        pairs.store(proof[0]);
        (pairs + 32).store(Bn254.Q - proof[1]); // no point of the curve has y = 0
        (pairs + Bn254.PAIR).store(served[0]);
        (pairs + Bn254.PAIR + 32).store(served[1]);
        (pairs + 2 * Bn254.PAIR).store(evaluated[0]);
        (pairs + 2 * Bn254.PAIR + 32).store(evaluated[1]);
        return Bn254.pairingIsOne(pairs, 3);
    }

    /// @notice The commitment that a version's key holds: its IC_0 without the architecture's.
    /// @param key Pointer to the version's key, made from the architecture.
    /// @param architecture Pointer to the architecture's key.
    function commitmentOf(address key, address architecture) internal view returns (uint256[2] memory commitment) {
        uint256 sum = Words.allocate(4);
        sum.copy(Words.addressOf(SSTORE2.read(key, Groth16.IC, Groth16.IC + 64)), 64);
        (sum + 64).copy(Words.addressOf(SSTORE2.read(architecture, Groth16.IC, Groth16.IC + 64)), 64);
        (sum + 96).store(Bn254.Q - (sum + 96).load());
        Bn254.add(sum); // both are points of keys that passed the lint
        (commitment[0], commitment[1]) = (sum.load(), (sum + 32).load());
    }

    /// @dev Three pairs of the infinity and a point of the key.
    function _pairs(uint256[12] memory key) private pure returns (uint256 pairs) {
        pairs = Words.allocate(3 * Bn254.PAIR_WORDS);
        uint256 from;
        assembly ("memory-safe") {
            from := key
        }
        for (uint256 i; i < 3; ++i) {
            (pairs + i * Bn254.PAIR + 64).copy(from + i * G2, G2);
        }
    }
}
