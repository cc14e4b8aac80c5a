// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {InferenceVerifier} from "../../src/InferenceVerifier.sol";
import {ModelRegistry} from "../../src/ModelRegistry.sol";
import {ProvenEvaluations} from "../../src/ProvenEvaluations.sol";
import {IERCZKMLRegistry} from "../../src/interfaces/IERCZKMLRegistry.sol";
import {IInferenceVerifier} from "../../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {IProvenEvaluations} from "../../src/interfaces/IProvenEvaluations.sol";
import {Assertions} from "./Assertions.sol";
import {vm} from "./Vm.sol";

/// @title Evaluations at work: three models, and their answers to the test set of governance.json
/// @notice Of eight rows, `CURRENT` answers six correctly, `BETTER` seven, `WORSE` three.
abstract contract Evaluated is Assertions {
    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/governance.json");
    address internal constant deployer = 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266;
    address internal constant publisher = address(0x9b15);
    uint256 internal constant CURRENT = 1;
    uint256 internal constant BETTER = 2;
    uint256 internal constant WORSE = 3;

    ModelRegistry internal registry;
    InferenceVerifier internal verifier;
    ProvenEvaluations internal evaluations;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        vm.setNonce(deployer, 0);
        vm.startPrank(deployer);
        registry = new ModelRegistry();
        vm.stopPrank();
        vm.setNonce(deployer, 1);
        vm.startPrank(deployer);
        verifier = new InferenceVerifier(registry);
        vm.stopPrank();
        evaluations = new ProvenEvaluations(verifier);
        publish("current");
        publish("better");
        publish("worse");
    }

    function keyOf(string memory name) internal view returns (bytes memory) {
        return vm.parseJsonBytes(fixtures, string.concat(".keys.", name));
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

    function developmentTerms() internal pure returns (IModelRegistry.VersionTerms memory terms) {
        (terms.inputSignals, terms.outputSignals) = (1, 1);
    }

    /// @dev A model of the publisher's with one of the fixture's keys.
    function publish(string memory name) internal returns (uint256 modelId) {
        bytes memory key = keyOf(name);
        vm.prank(publisher);
        return registry.publishModel(commitmentTo(key), developmentTerms(), key);
    }

    function testSet() internal view returns (IProvenEvaluations.TestSet memory set) {
        set.root = vm.parseJsonBytes32(fixtures, ".testSet.root");
        (set.rows, set.inputSignals, set.classes) = (8, 1, 2);
    }

    function testSetId() internal view returns (bytes32) {
        return vm.parseJsonBytes32(fixtures, ".testSet.id");
    }

    function rowAt(uint256 index) internal view returns (IProvenEvaluations.Row memory row) {
        string memory path = string.concat(".testSet.members[", vm.toString(index), "]");
        row.index = uint32(index);
        row.label = uint32(vm.parseJsonUint(fixtures, string.concat(path, ".label")));
        uint256[] memory siblings = vm.parseJsonUintArray(fixtures, string.concat(path, ".path"));
        row.path = new bytes32[](siblings.length);
        for (uint256 i; i < siblings.length; ++i) {
            row.path[i] = bytes32(siblings[i]);
        }
    }

    function answerOf(string memory name, uint256 index)
        internal
        view
        returns (IInferenceVerifier.Inference memory answer)
    {
        string memory path = string.concat(".proofs.", name, "[", vm.toString(index), "]");
        uint256[] memory proof = vm.parseJsonUintArray(fixtures, string.concat(path, ".proof"));
        for (uint256 i; i < 8; ++i) {
            answer.proof[i] = proof[i];
        }
        answer.statement = vm.parseJsonUintArray(fixtures, string.concat(path, ".statement"));
        answer.nonce = vm.parseJsonUint(fixtures, string.concat(path, ".nonce"));
    }

    function rowsFrom(uint256 first, uint256 length) internal view returns (IProvenEvaluations.Row[] memory rows) {
        rows = new IProvenEvaluations.Row[](length);
        for (uint256 i; i < length; ++i) {
            rows[i] = rowAt(first + i);
        }
    }

    function answersFrom(string memory name, uint256 first, uint256 length)
        internal
        view
        returns (IInferenceVerifier.Inference[] memory answers)
    {
        answers = new IInferenceVerifier.Inference[](length);
        for (uint256 i; i < length; ++i) {
            answers[i] = answerOf(name, first + i);
        }
    }

    /// @dev Counts rows of version 1 of a model, which has the named key.
    function count(uint256 modelId, string memory name, uint256 first, uint256 length) internal {
        IProvenEvaluations.Row[] memory rows = rowsFrom(first, length);
        IInferenceVerifier.Inference[] memory answers = answersFrom(name, first, length);
        evaluations.count(modelId, 1, testSet(), rows, answers);
    }

    function evaluateAll() internal {
        count(CURRENT, "current", 0, 8);
        count(BETTER, "better", 0, 8);
        count(WORSE, "worse", 0, 8);
    }

    function setStatus(uint256 modelId, IModelRegistry.VersionStatus status) internal {
        vm.prank(publisher);
        registry.setVersionStatus(modelId, 1, status);
    }
}
