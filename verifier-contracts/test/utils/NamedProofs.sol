// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "../../src/interfaces/IInferenceVerifier.sol";

/// @title A verifier for which a proof is good that names its nonce and is made for the caller
contract NamedProofs {
    address public immutable registry;

    constructor(address registry_) {
        registry = registry_;
    }

    function certify(uint256, uint32, IInferenceVerifier.Inference calldata inference) external view {
        if (inference.requester != msg.sender || inference.proof[0] != inference.nonce) {
            revert IInferenceVerifier.StatementLengthWrong();
        }
    }
}
