// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "../../src/interfaces/IInferenceVerifier.sol";

/// @title A verifier for which a proof is good that names its nonce and is made for the caller
/// @notice For courses with as many answers as are wanted: the bookkeeping is tried, not the proofs.
contract NamedProofs {
    address public immutable registry;

    constructor(address registry_) {
        registry = registry_;
    }

    function certify(uint256, uint32, IInferenceVerifier.Inference calldata inference) external view {
        if (!_valid(inference)) revert IInferenceVerifier.StatementLengthWrong();
    }

    function verifyBatch(uint256, uint32, IInferenceVerifier.Inference[] calldata inferences)
        external
        view
        returns (bool)
    {
        for (uint256 i; i < inferences.length; ++i) {
            if (!_valid(inferences[i])) return false;
        }
        return true;
    }

    function checkEach(uint256, uint32, IInferenceVerifier.Inference[] calldata inferences)
        external
        view
        returns (IInferenceVerifier.Verdict[] memory verdicts)
    {
        verdicts = new IInferenceVerifier.Verdict[](inferences.length);
        for (uint256 i; i < inferences.length; ++i) {
            if (!_valid(inferences[i])) verdicts[i] = IInferenceVerifier.Verdict.ProofInvalid;
        }
    }

    function _valid(IInferenceVerifier.Inference calldata inference) private view returns (bool) {
        return inference.requester == msg.sender && inference.proof[0] == inference.nonce;
    }
}
