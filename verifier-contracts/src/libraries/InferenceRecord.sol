// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "../interfaces/IInferenceVerifier.sol";
import {Groth16} from "./Groth16.sol";
import {ProofContext} from "./ProofContext.sol";
import {Words} from "./Words.sol";

/// @title Inferences from calldata as the records of {Groth16}
library InferenceRecord {
    /// @notice Bytes of a record with this many public signals.
    function size(uint256 signals) internal pure returns (uint256) {
        return Groth16.SIGNALS + 32 * signals;
    }

    /// @notice Writes proof, statement and the context that the contract itself computes.
    /// @param record Address of {size} bytes for one signal more than the statement has.
    function write(IInferenceVerifier.Inference calldata inference, uint256 record) internal view {
        uint256[8] calldata proof = inference.proof;
        uint256[] calldata statement = inference.statement;
        uint256 end = record + Groth16.SIGNALS + 32 * statement.length;
        assembly ("memory-safe") {
            calldatacopy(record, proof, 0x100)
            calldatacopy(add(record, 0x100), statement.offset, shl(5, statement.length))
        }
        Words.store(end, ProofContext.compute(address(this), inference.requester, inference.nonce));
    }
}
