// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Bn254} from "./Bn254.sol";

/// @title The context: the public signal that ties a proof to its use
library ProofContext {
    /// @notice keccak256(abi.encode(chainId, verifier, requester, nonce)) modulo the scalar field's order.
    /// @dev The chain id is read at each call, so that a fork of the chain does not accept the other side's proofs.
    function compute(address verifier, address requester, uint256 nonce) internal view returns (uint256 context) {
        uint256 r = Bn254.R;
        assembly ("memory-safe") {
            let ptr := mload(0x40) // past the free memory pointer, which stays: nothing is kept
            mstore(ptr, chainid())
            mstore(add(ptr, 0x20), verifier)
            mstore(add(ptr, 0x40), requester)
            mstore(add(ptr, 0x60), nonce)
            context := mod(keccak256(ptr, 0x80), r)
        }
    }
}
