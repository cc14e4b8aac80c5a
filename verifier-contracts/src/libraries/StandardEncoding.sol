// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERCZKMLVerifier} from "../interfaces/IERCZKMLVerifier.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ProofContext} from "./ProofContext.sol";
import {Words} from "./Words.sol";

/// @title The bytes of ERC-7992's functions as proof and public signals
/// @notice output: the output signals, 32 bytes each. proof: the eight words of A, B, C, then requester and nonce,
///         32 bytes each; and the packed inputs, if the model has more than one input signal.
///         inputCommitment: the input signal itself, or the hash of the packed inputs. Exactly one length of each
///         fits a version, so there is one way to read them.
library StandardEncoding {
    /// @dev Domain of the hash that commits to packed public inputs.
    bytes private constant PUBLIC_INPUTS = "zkserve-public-inputs-v1";
    uint256 private constant POINT_BYTES = 256;
    uint256 private constant HEAD_BYTES = 320;

    /// @notice Writes the record of {Groth16}; reverts with ERC-7992's error if a part does not fit the version.
    /// @return record Address of the record.
    function toRecord(
        IModelRegistry.VersionInfo memory info,
        bytes32 inputCommitment,
        bytes calldata output,
        bytes calldata proof
    ) internal view returns (uint256 record) {
        uint256 inputs = info.inputSignals;
        uint256 inputBytes = inputs == 1 ? 0 : inputs * 32;
        if (proof.length != HEAD_BYTES + inputBytes) revert IERCZKMLVerifier.InvalidProof();
        if (output.length != uint256(info.outputSignals) * 32) revert IERCZKMLVerifier.OutputMismatch();

        record = Words.allocate(POINT_BYTES / 32 + inputs + info.outputSignals + 1);
        Words.copyIn(record, proof[:POINT_BYTES]);
        uint256 signals = record + POINT_BYTES;
        if (inputs == 1) {
            Words.store(signals, uint256(inputCommitment));
        } else {
            bytes calldata packed = proof[HEAD_BYTES:];
            if (keccak256(abi.encodePacked(PUBLIC_INPUTS, packed)) != inputCommitment) {
                revert IERCZKMLVerifier.InputCommitmentMismatch();
            }
            Words.copyIn(signals, packed);
        }
        signals += inputs * 32;
        Words.copyIn(signals, output);
        Words.store(signals + output.length, _context(proof[POINT_BYTES:HEAD_BYTES]));
    }

    function _context(bytes calldata binding) private view returns (uint256) {
        uint256 requester = uint256(bytes32(binding[:32]));
        if (requester > type(uint160).max) revert IERCZKMLVerifier.InvalidProof();
        return ProofContext.compute(address(this), address(uint160(requester)), uint256(bytes32(binding[32:])));
    }
}
