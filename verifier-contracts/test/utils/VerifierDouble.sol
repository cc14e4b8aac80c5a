// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "../../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";

/// @title A verifier that believes every proof made for its caller, and the registry of its one version
contract VerifierDouble {
    IModelRegistry.VersionStatus public status = IModelRegistry.VersionStatus.Active;
    uint16 public inputSignals = 1;
    uint16 public outputSignals = 1;

    function registry() external view returns (address) {
        return address(this);
    }

    function set(IModelRegistry.VersionStatus status_, uint16 inputSignals_, uint16 outputSignals_) external {
        (status, inputSignals, outputSignals) = (status_, inputSignals_, outputSignals_);
    }

    function infoOf(uint256, uint32) external view returns (IModelRegistry.VersionInfo memory info) {
        (info.status, info.inputSignals, info.outputSignals) = (status, inputSignals, outputSignals);
    }

    function certify(uint256, uint32, IInferenceVerifier.Inference calldata inference) external view {
        if (inference.requester != msg.sender) {
            revert IInferenceVerifier.NotRequester(inference.requester, msg.sender);
        }
    }

    function verifyBatch(uint256, uint32, IInferenceVerifier.Inference[] calldata) external view returns (bool) {
        return status != IModelRegistry.VersionStatus.Revoked;
    }
}
