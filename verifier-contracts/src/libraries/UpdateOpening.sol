// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IFederatedRounds} from "../interfaces/IFederatedRounds.sol";
import {IPoseidon5} from "../interfaces/IPoseidon5.sol";
import {Bn254} from "./Bn254.sol";

/// @title Openings of commitments to updates
/// @notice The commitment is a chain of Poseidon hashes over the tag, the weights, the salt and the packed update, as
///         circuits/lib/federated.circom has it: each hash after the first takes the one before and up to four words.
library UpdateOpening {
    bytes32 private constant DOMAIN = keccak256("zkserve/federated/update/1");
    bytes32 internal constant TYPE_HASH =
        keccak256("Handover(uint256 roundId,uint256 commitment,uint256 salt,uint256[] words)");
    /// @dev Whole bits that any field element can carry.
    uint256 private constant FIELD_BITS = 253;

    /// @notice The tag of slot 0; slot i has the i-th after it. Circuits for other sizes have other tags.
    function firstTag(uint256 members, IFederatedRounds.Sizes memory sizes) internal pure returns (uint256) {
        bytes memory described =
            abi.encode(DOMAIN, members, sizes.size, sizes.updateBits, sizes.clipBits, sizes.weightBits);
        return uint256(keccak256(described)) >> 8;
    }

    /// @notice Whether there are as many words as an update has, and they and the salt are field elements. Others must be
    ///         refused: a hash takes x and x + r for the same, and a member would be slashed for what it did not say.
    function isCanonical(IFederatedRounds.Opening calldata opening, IFederatedRounds.Sizes memory sizes)
        internal
        pure
        returns (bool)
    {
        uint256 perWord = FIELD_BITS / sizes.updateBits;
        uint256 count = opening.words.length;
        if (count != (sizes.size + perWord - 1) / perWord || opening.salt >= Bn254.R) return false;
        for (uint256 i; i < count; ++i) {
            if (opening.words[i] >= Bn254.R) return false;
        }
        return true;
    }

    /// @notice Whether every word holds its lanes and nothing more, as the circuit demands.
    function isWellFormed(IFederatedRounds.Opening calldata opening, IFederatedRounds.Sizes memory sizes)
        internal
        pure
        returns (bool)
    {
        uint256 perWord = FIELD_BITS / sizes.updateBits;
        uint256 left = sizes.size;
        for (uint256 i; i < opening.words.length; ++i) {
            uint256 lanes = left < perWord ? left : perWord;
            if (opening.words[i] >> (lanes * sizes.updateBits) != 0) return false;
            left -= lanes;
        }
        return true;
    }

    /// @notice The commitment to an opening that is canonical.
    function digest(IPoseidon5 poseidon, uint256 tag, uint256 weights, IFederatedRounds.Opening calldata opening)
        internal
        pure
        returns (uint256)
    {
        uint256[5] memory block_ = [tag, weights, opening.salt, 0, 0];
        uint256 next = 3;
        for (uint256 i; i < opening.words.length; ++i) {
            if (next == 5) {
                block_ = [poseidon.poseidon(block_), 0, 0, 0, 0];
                next = 1;
            }
            block_[next++] = opening.words[i];
        }
        return poseidon.poseidon(block_);
    }

    /// @notice What a member signs of a hand-over.
    function structHash(uint256 roundId, uint256 commitment, IFederatedRounds.Opening calldata opening)
        internal
        pure
        returns (bytes32)
    {
        bytes32 words = keccak256(abi.encodePacked(opening.words));
        return keccak256(abi.encode(TYPE_HASH, roundId, commitment, opening.salt, words));
    }
}
