// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "../interfaces/IInferenceVerifier.sol";
import {Groth16} from "./Groth16.sol";
import {ProofContext} from "./ProofContext.sol";

/// @title Inferences from calldata as the records of {Groth16}
library InferenceRecord {
    /// @notice Bytes of a record with this many public signals.
    function size(uint256 signals) internal pure returns (uint256) {
        unchecked {
            return Groth16.SIGNALS + 32 * signals;
        }
    }

    /// @notice Writes proof, statement and the context that the contract itself computes.
    /// @param record Address of {size} bytes for `signals` public signals.
    /// @return fits False, and nothing is written, if the statement has not one signal less than that.
    function write(IInferenceVerifier.Inference calldata inference, uint256 record, uint256 signals)
        internal
        view
        returns (bool fits)
    {
        uint256[8] calldata proof = inference.proof;
        uint256[] calldata statement = inference.statement;
        unchecked {
            if (statement.length != signals - 1) return false;
        }
        uint256 context = ProofContext.compute(address(this), inference.requester, inference.nonce);
        assembly ("memory-safe") {
            let first := add(record, 0x100)
            let bytes_ := shl(5, statement.length)
            calldatacopy(record, proof, 0x100)
            calldatacopy(first, statement.offset, bytes_)
            mstore(add(first, bytes_), context)
        }
        return true;
    }
}
