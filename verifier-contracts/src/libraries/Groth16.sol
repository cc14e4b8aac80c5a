// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Bn254} from "./Bn254.sol";
import {Words} from "./Words.sol";

/// @title Groth16 over BN254, for keys that are data
/// @notice A proof (A, B, C) of the public signals s_1..s_n is valid under a key if, with X = IC_0 + Σ s_i·IC_i,
///         e(-A, B) · e(alpha, beta) · e(X, gamma) · e(C, delta) = 1.
/// @dev A *record* is a proof and its signals in memory: A.x, A.y, B.x.c1, B.x.c0, B.y.c1, B.y.c0, C.x, C.y, s_1..s_n.
///      Precondition: the key has passed {KeyLint} and has n + 1 points IC. Callers see to it. Nothing here reverts
///      because of a bad proof.
library Groth16 {
    /// @dev Byte offsets in the canonical key; alpha and beta stand first, as one pair of the pairing check.
    uint256 internal constant BETA = 64;
    uint256 internal constant GAMMA = 192;
    uint256 internal constant DELTA = 320;
    uint256 internal constant IC = 448;

    /// @dev Byte offsets in a record; A and B stand first, as one pair of the pairing check.
    uint256 private constant B = 64;
    uint256 private constant C = 192;
    uint256 internal constant SIGNALS = 256;

    /// @notice Whether all signals are below the group order: s and s + r would be two names of one statement.
    function signalsInField(uint256 record, uint256 count) internal pure returns (bool) {
        return Words.allBelow(record + SIGNALS, count, Bn254.R);
    }

    /// @notice Whether a proof is valid.
    /// @dev Costs four pairings, 6,150 gas a signal, and about 2,000 more.
    /// @param key The canonical key bytes.
    /// @param record Address of the record; its signals are below the group order.
    /// @param count How many signals there are.
    function verify(bytes memory key, uint256 record, uint256 count) internal view returns (bool) {
        if (!_coordinatesInField(record)) return false;
        unchecked {
            uint256 keyPtr = Words.addressOf(key);
            uint256 x = Words.allocate(5);
            Words.copy(x, keyPtr + IC, 64);
            bool ok = Bn254.addCombination(x, keyPtr + IC + 64, record + SIGNALS, count);

            uint256 pairs = Words.allocate(4 * Bn254.PAIR_WORDS);
            Words.copy(pairs, record, Bn254.PAIR);
            Words.store(pairs + 32, Bn254.Q - Words.load(record + 32)); // -A
            Words.copy(pairs + Bn254.PAIR, keyPtr, Bn254.PAIR); // alpha, beta
            _writeLastPairs(pairs + 2 * Bn254.PAIR, keyPtr, x, record + C);
            return ok && Bn254.pairingIsOne(pairs, 4);
        }
    }

    /// @notice Whether all proofs of a batch are valid, by one pairing check of n + 3 pairs:
    ///         Π e(-ρ_i·A_i, B_i) · e(Σρ_i·alpha, beta) · e(Σρ_i·X_i, gamma) · e(Σρ_i·C_i, delta) = 1.
    /// @dev The coefficients ρ_i are 128-bit hashes of the key and all records, so that whoever chooses the batch
    ///      cannot choose them: a bad proof passes with a probability of 2^-128.
    /// @param key The canonical key bytes.
    /// @param records Address of the records, one after another.
    /// @param size How many records there are.
    /// @param count How many signals each record has.
    function verifyBatch(bytes memory key, uint256 records, uint256 size, uint256 count)
        internal
        view
        returns (bool)
    {
        if (size == 0) return true;
        unchecked {
            uint256 pairs = Words.allocate((size + 3) * Bn254.PAIR_WORDS);
            uint256 sums = Words.allocate(count + 1); // Σρ_i, then Σρ_i·s_ij for each signal j
            uint256 c = Words.allocate(5);
            bytes32 seed = _seed(key, records, size * (SIGNALS + 32 * count));
            for (uint256 i; i < size; ++i) {
                if (!_addRecord(pairs + i * Bn254.PAIR, sums, c, records, count, _coefficient(seed, i))) {
                    return false;
                }
                records += SIGNALS + 32 * count;
            }

            uint256 keyPtr = Words.addressOf(key);
            uint256 last = pairs + size * Bn254.PAIR;
            uint256 x = Words.allocate(5);
            bool ok = Bn254.addCombination(x, keyPtr + IC, sums, count + 1);
            ok = Bn254.scale(last, keyPtr, Words.load(sums)) && ok;
            Words.copy(last + B, keyPtr + BETA, 128);
            _writeLastPairs(last + Bn254.PAIR, keyPtr, x, c);
            return ok && Bn254.pairingIsOne(pairs, size + 3);
        }
    }

    /// @dev Writes the pair of one record, and adds its share to the sums; false if a point is invalid.
    function _addRecord(uint256 pair, uint256 sums, uint256 c, uint256 record, uint256 count, uint256 rho)
        private
        view
        returns (bool)
    {
        unchecked {
            if (!_coordinatesInField(record)) return false;
            Words.store(sums, Words.load(sums) + rho); // far below r
            Words.addScaled(sums + 32, record + SIGNALS, count, rho, Bn254.R);
            if (!Bn254.scale(pair, record, Bn254.R - rho)) return false;
            Words.copy(pair + B, record + B, 128);
            return Bn254.addScaled(c, record + C, rho);
        }
    }

    /// @dev Writes the pairs (X, gamma) and (C, delta).
    function _writeLastPairs(uint256 ptr, uint256 keyPtr, uint256 x, uint256 c) private pure {
        unchecked {
            Words.copy(ptr, x, 64);
            Words.copy(ptr + 64, keyPtr + GAMMA, 128);
            Words.copy(ptr + Bn254.PAIR, c, 64);
            Words.copy(ptr + Bn254.PAIR + 64, keyPtr + DELTA, 128);
        }
    }

    /// @dev One hash over everything that the batch check reads.
    function _seed(bytes memory key, uint256 records, uint256 bytes_) private pure returns (bytes32) {
        bytes32 recordsHash;
        assembly ("memory-safe") {
            recordsHash := keccak256(records, bytes_)
        }
        return keccak256(abi.encode(keccak256(key), recordsHash));
    }

    /// @dev A coefficient of 1 to 2^128.
    function _coefficient(bytes32 seed, uint256 index) private pure returns (uint256 rho) {
        assembly ("memory-safe") {
            mstore(0x00, seed)
            mstore(0x20, index)
            rho := add(shr(128, keccak256(0x00, 0x40)), 1)
        }
    }

    /// @dev Refuses other encodings of the same points before a precompile burns its gas on them.
    function _coordinatesInField(uint256 record) private pure returns (bool ok) {
        uint256 q = Bn254.Q;
        assembly ("memory-safe") {
            ok := lt(mload(record), q)
            ok := and(ok, lt(mload(add(record, 0x20)), q))
            ok := and(ok, lt(mload(add(record, 0x40)), q))
            ok := and(ok, lt(mload(add(record, 0x60)), q))
            ok := and(ok, lt(mload(add(record, 0x80)), q))
            ok := and(ok, lt(mload(add(record, 0xa0)), q))
            ok := and(ok, lt(mload(add(record, 0xc0)), q))
            ok := and(ok, lt(mload(add(record, 0xe0)), q))
        }
    }
}
