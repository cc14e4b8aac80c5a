// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {LinkedEvaluations} from "../../src/LinkedEvaluations.sol";
import {IERCZKMLRegistry} from "../../src/interfaces/IERCZKMLRegistry.sol";
import {ILinkedEvaluations} from "../../src/interfaces/ILinkedEvaluations.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {Deployed} from "./Deployed.sol";
import {Fixtures} from "./Fixtures.sol";
import {UncheckedCommitments} from "./UncheckedCommitments.sol";
import {vm} from "./Vm.sol";

/// @title LinkedEvaluations at the address that the fixtures' proofs are made for, with two versions of one architecture
/// @notice `a` answers all eight rows of the test set right, `b` none. Both are the deployer's.
abstract contract LinkedEvaluated is Deployed {
    using Fixtures for string;

    string internal evaluated = vm.readFile("verifier-contracts/test/fixtures/evaluations.json");
    bytes32 internal testSet = vm.parseJsonBytes32(evaluated, ".testSet");
    bytes internal servedKey = vm.parseJsonBytes(evaluated, ".served.key");
    uint256 internal constant A = 3;
    uint256 internal constant B = 4;
    UncheckedCommitments private _folding = new UncheckedCommitments();

    LinkedEvaluations internal evaluations;
    bytes32 internal servedArchitecture;
    bytes32 internal evaluatorId;

    function setUp() public virtual override {
        super.setUp();
        startDeployment(5);
        evaluations = new LinkedEvaluations(verifier);
        vm.stopPrank();
        assertEq(address(evaluations), vm.parseJsonAddress(evaluated, ".evaluations"), "address");
        servedArchitecture = registry.publishArchitecture(servedKey, vm.parseJsonBytes(evaluated, ".served.spanKey"));
        registry.publishArchitecture(
            vm.parseJsonBytes(evaluated, ".evaluated.key"), vm.parseJsonBytes(evaluated, ".evaluated.spanKey")
        );
        publishServed(deployer, ".a");
        publishServed(deployer, ".b");
        evaluatorId = evaluations.publishEvaluator(evaluatorRecord());
        evaluations.publishTestSet(evaluatorId, chunkCommitments());
    }

    /// @dev Publishes a model of the commitment of `which`: its weights need not be known for that.
    function publishServed(address owner, string memory which) internal returns (uint256 modelId) {
        IModelRegistry.WeightCommitment memory weights = weightsAt(string.concat(which, ".served"));
        IERCZKMLRegistry.ModelCommitment memory commitment = commitmentTo(_folding.fold(servedKey, weights));
        vm.prank(owner);
        modelId = registry.publishCommittedModel(commitment, termsOf(1, 1), servedArchitecture, weights);
    }

    function linkVersion(uint256 modelId, string memory which) internal returns (uint32) {
        return evaluations.link(evaluatorId, modelId, 1, weightsAt(which), linkAt(which));
    }

    function proveAll(uint256 modelId, string memory which) internal {
        uint32 evaluation = linkVersion(modelId, string.concat(which, ".evaluated"));
        evaluations.prove(testSet, evaluation, counts(which));
    }

    function counts(string memory which) internal view returns (ILinkedEvaluations.ChunkProof[] memory proofs) {
        proofs = new ILinkedEvaluations.ChunkProof[](2);
        (proofs[0], proofs[1]) = (count(which, 0), count(which, 1));
    }

    function only(ILinkedEvaluations.ChunkProof memory proof)
        internal
        pure
        returns (ILinkedEvaluations.ChunkProof[] memory proofs)
    {
        proofs = new ILinkedEvaluations.ChunkProof[](1);
        proofs[0] = proof;
    }

    function count(string memory which, uint32 chunk) internal view returns (ILinkedEvaluations.ChunkProof memory) {
        return countAt(string.concat(which, ".counts[", vm.toString(chunk), "]"), chunk);
    }

    function countAt(string memory path, uint32 chunk)
        internal
        view
        returns (ILinkedEvaluations.ChunkProof memory proof)
    {
        proof.proof = evaluated.proofAt(path);
        proof.chunk = chunk;
        proof.correct = uint32(vm.parseJsonUint(evaluated, string.concat(path, ".correct")));
    }

    function weightsAt(string memory path) internal view returns (IModelRegistry.WeightCommitment memory weights) {
        weights.commitment = pointAt(string.concat(path, ".commitment"));
        weights.spanProof = pointAt(string.concat(path, ".spanProof"));
    }

    function linkAt(string memory path) internal view returns (uint256[2] memory) {
        return pointAt(string.concat(path, ".proof"));
    }

    function pointAt(string memory path) internal view returns (uint256[2] memory point) {
        uint256[] memory words = vm.parseJsonUintArray(evaluated, path);
        (point[0], point[1]) = (words[0], words[1]);
    }

    function evaluatorRecord() internal view returns (ILinkedEvaluations.Evaluator memory record) {
        record.servedArchitecture = vm.parseJsonBytes32(evaluated, ".evaluator.servedArchitecture");
        record.evaluatedArchitecture = vm.parseJsonBytes32(evaluated, ".evaluator.evaluatedArchitecture");
        record.circuitHash = vm.parseJsonBytes32(evaluated, ".evaluator.circuitHash");
        record.tag = vm.parseJsonUint(evaluated, ".evaluator.tag");
        record.rows = uint16(vm.parseJsonUint(evaluated, ".evaluator.rows"));
        record.words = uint16(vm.parseJsonUint(evaluated, ".evaluator.words"));
        uint256[] memory words = vm.parseJsonUintArray(evaluated, ".evaluator.linkKey");
        for (uint256 i; i < 12; ++i) {
            record.linkKey[i] = words[i];
        }
    }

    function chunkCommitments() internal view returns (uint256[] memory chunks) {
        chunks = new uint256[](2);
        chunks[0] = vm.parseJsonUint(evaluated, ".chunks[0].commitment");
        chunks[1] = vm.parseJsonUint(evaluated, ".chunks[1].commitment");
    }

    function opening(uint256 chunk) internal view returns (uint256 salt, uint256[] memory words) {
        string memory path = string.concat(".chunks[", vm.toString(chunk), "]");
        salt = vm.parseJsonUint(evaluated, string.concat(path, ".salt"));
        words = vm.parseJsonUintArray(evaluated, string.concat(path, ".words"));
    }

    function reveal(uint256 chunk) internal {
        (uint256 salt, uint256[] memory words) = opening(chunk);
        evaluations.revealChunk(testSet, chunk, salt, words);
    }
}
