// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {InferenceVerifier} from "../../src/InferenceVerifier.sol";
import {ModelRegistry} from "../../src/ModelRegistry.sol";
import {IERCZKMLRegistry} from "../../src/interfaces/IERCZKMLRegistry.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {Assertions} from "./Assertions.sol";
import {vm} from "./Vm.sol";

/// @title Registry and verifier, where the fixtures' proofs have them
/// @notice They are the deployer's first two contracts. A fixture's proof names a contract of the same deployer by its
///         number: see {startDeployment}.
abstract contract VerifierDeployed is Assertions {
    address internal constant deployer = 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266;
    uint256 internal constant MODEL = 1;

    ModelRegistry internal registry;
    InferenceVerifier internal verifier;

    function deployVerifier() internal {
        startDeployment(0);
        registry = _newRegistry();
        vm.stopPrank();
        startDeployment(1);
        verifier = new InferenceVerifier(registry);
        vm.stopPrank();
    }

    function _newRegistry() internal virtual returns (ModelRegistry) {
        return new ModelRegistry();
    }

    /// @dev What is deployed from here to `stopPrank` is the deployer's contract of this number.
    function startDeployment(uint64 number) internal {
        vm.setNonce(deployer, number);
        vm.startPrank(deployer);
    }

    /// @dev A model of the owner's under this key, of a development set-up.
    function publish(address owner, bytes memory key, uint16 inputSignals, uint16 outputSignals)
        internal
        returns (uint256 modelId)
    {
        vm.prank(owner);
        return registry.publishModel(commitmentTo(key), termsOf(inputSignals, outputSignals), key);
    }

    function commitmentTo(bytes memory key) internal pure returns (IERCZKMLRegistry.ModelCommitment memory) {
        return IERCZKMLRegistry.ModelCommitment({
            modelHash: keccak256("model"),
            circuitHash: keccak256("circuit"),
            vkHash: keccak256(key),
            proofSystemId: bytes4(keccak256("groth16-bn254-v1")),
            uri: "ipfs://model"
        });
    }

    function termsOf(uint16 inputSignals, uint16 outputSignals)
        internal
        pure
        returns (IModelRegistry.VersionTerms memory declared)
    {
        (declared.inputSignals, declared.outputSignals) = (inputSignals, outputSignals);
    }

    /// @dev Those of most models here: a commitment, and two words of outputs.
    function developmentTerms() internal pure returns (IModelRegistry.VersionTerms memory) {
        return termsOf(1, 2);
    }

    /// @dev Of the first version of the first model, by its holder.
    function setStatus(IModelRegistry.VersionStatus status) internal {
        vm.prank(registry.ownerOf(MODEL));
        registry.setVersionStatus(MODEL, 1, status);
    }
}
