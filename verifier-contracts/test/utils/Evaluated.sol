// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ProvenEvaluations} from "../../src/ProvenEvaluations.sol";
import {IInferenceVerifier} from "../../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {IProvenEvaluations} from "../../src/interfaces/IProvenEvaluations.sol";
import {Fixtures} from "./Fixtures.sol";
import {VerifierDeployed} from "./VerifierDeployed.sol";
import {vm} from "./Vm.sol";

/// @title Evaluations at work: three models, and their answers to the test set of governance.json
/// @notice Of eight rows, `CURRENT` answers six correctly, `BETTER` seven, `WORSE` three.
abstract contract Evaluated is VerifierDeployed {
    using Fixtures for string;

    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/governance.json");
    address internal constant publisher = address(0x9b15);
    uint256 internal constant CURRENT = 1;
    uint256 internal constant BETTER = 2;
    uint256 internal constant WORSE = 3;

    ProvenEvaluations internal evaluations;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        deployVerifier();
        evaluations = new ProvenEvaluations(verifier);
        publish("current");
        publish("better");
        publish("worse");
    }

    function keyOf(string memory name) internal view returns (bytes memory) {
        return vm.parseJsonBytes(fixtures, string.concat(".keys.", name));
    }

    /// @dev A model of the publisher's with one of the fixture's keys.
    function publish(string memory name) internal returns (uint256 modelId) {
        return publish(publisher, keyOf(name), 1, 1);
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
        string memory path = Fixtures.element(name, index);
        (answer.proof, answer.statement) = (fixtures.proofAt(path), fixtures.statementAt(path));
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
