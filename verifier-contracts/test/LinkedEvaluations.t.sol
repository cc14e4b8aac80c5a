// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IEvaluations} from "../src/interfaces/IEvaluations.sol";
import {ILinkedEvaluations} from "../src/interfaces/ILinkedEvaluations.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {LinkedEvaluated} from "./utils/LinkedEvaluated.sol";
import {vm} from "./utils/Vm.sol";

/// @title Evaluators, test sets, links and counts
contract LinkedEvaluationsTest is LinkedEvaluated {
    uint256 private constant FIELD = Bn254.R;

    function test_countsAddUpToAnEvaluation() public {
        uint32 evaluation = linkVersion(A, ".a.evaluated");
        evaluations.prove(testSet, evaluation, only(count(".a", 1)));
        (bool proven, uint32 correct, uint32 rows) = evaluations.evaluationOf(A, 1, testSet);
        assertFalse(proven, "one chunk is missing");
        assertEq(correct, 4, "so far");
        vm.expectEmit(address(evaluations));
        emit ILinkedEvaluations.ChunkCounted(A, 1, testSet, 0, 4);
        vm.expectEmit(address(evaluations));
        emit IEvaluations.EvaluationProven(A, 1, testSet, 8, 8);
        evaluations.prove(testSet, evaluation, only(count(".a", 0)));
        (proven, correct, rows) = evaluations.evaluationOf(A, 1, testSet);
        assertTrue(proven, "proven");
        assertEq(correct, 8, "correct");
        assertEq(rows, 8, "rows");
        (proven,,) = evaluations.evaluationOf(B, 1, testSet);
        assertFalse(proven, "another version");
    }

    function test_chunksAreProvenTogether() public {
        proveAll(B, ".b");
        (bool proven, uint32 correct,) = evaluations.evaluationOf(B, 1, testSet);
        assertTrue(proven, "proven");
        assertEq(correct, 0, "none is right");
    }

    function test_linksAreVersionsOfAModelThatNobodyCanRevoke() public {
        uint32 first = linkVersion(A, ".a.evaluated");
        uint32 second = linkVersion(B, ".b.evaluated");
        uint256 own = evaluations.modelOf(evaluatorId);
        assertEq(registry.ownerOf(own), address(evaluations), "held by the contract");
        assertEq(registry.currentVersion(own), second, "the latest link");
        ILinkedEvaluations.Subject memory subject = evaluations.subjectOf(evaluatorId, first);
        assertEq(subject.modelId, A, "model");
        assertEq(subject.version, 1, "version");
        assertEq(evaluations.subjectOf(evaluatorId, second).modelId, B, "other model");
        vm.prank(deployer);
        vm.expectRevert();
        registry.setVersionStatus(own, first, IModelRegistry.VersionStatus.Revoked);
    }

    function test_ids() public {
        assertEq(evaluatorId, vm.parseJsonBytes32(evaluated, ".evaluatorId"), "as computed off chain");
        assertEq(evaluatorId, keccak256(abi.encode(evaluatorRecord())), "of its content");
        assertEq(evaluations.publishEvaluator(evaluatorRecord()), evaluatorId, "again");
        assertEq(evaluations.publishTestSet(evaluatorId, chunkCommitments()), testSet, "again");
        assertEq(keccak256(abi.encode(evaluations.getEvaluator(evaluatorId))), evaluatorId, "kept");
        assertEq(evaluations.commitmentOf(testSet, 1), chunkCommitments()[1], "chunk");
        assertTrue(evaluations.isEvaluable(A, 1, testSet), "evaluable");
        assertFalse(evaluations.isEvaluable(MODEL, 1, testSet), "of no architecture");
        assertFalse(evaluations.isEvaluable(A, 2, testSet), "no version");
    }

    function test_revealedChunksAreTheCommittedOnes() public {
        (uint256 salt, uint256[] memory words) = opening(0);
        vm.expectEmit(address(evaluations));
        emit ILinkedEvaluations.ChunkRevealed(testSet, 0, salt, words);
        evaluations.revealChunk(testSet, 0, salt, words);
        vm.warp(block.timestamp + 10);
        reveal(1);
        ILinkedEvaluations.TestSet memory record = evaluations.getTestSet(testSet);
        assertEq(record.revealedChunks, 2, "both");
        assertEq(record.lastRevealedAt, record.firstRevealedAt + 10, "times");
        vm.expectRevert(abi.encodeWithSelector(ILinkedEvaluations.AlreadyRevealed.selector, 0));
        evaluations.revealChunk(testSet, 0, salt, words);
    }

    function test_revealOfOtherDataIsRefused() public {
        (uint256 salt, uint256[] memory words) = opening(0);
        for (uint256 i; i < words.length; ++i) {
            words[i] ^= 1;
            _refuseReveal(salt, words);
            words[i] ^= 1;
            words[i] += FIELD; // another name of the same element
            _refuseReveal(salt, words);
            words[i] -= FIELD;
        }
        _refuseReveal(salt + 1, words);
        _refuseReveal(salt + FIELD, words);
        _refuseReveal(salt, new uint256[](words.length + 1));
        _refuseReveal(salt, new uint256[](0));
        vm.expectRevert(abi.encodeWithSelector(ILinkedEvaluations.ChunkMismatch.selector, 1));
        evaluations.revealChunk(testSet, 1, salt, words);
        vm.expectRevert(abi.encodeWithSelector(ILinkedEvaluations.ChunkNotFound.selector, 2));
        evaluations.revealChunk(testSet, 2, salt, words);
        bytes32 none = keccak256("none");
        vm.expectRevert(abi.encodeWithSelector(ILinkedEvaluations.TestSetNotFound.selector, none));
        evaluations.revealChunk(none, 0, salt, words);
    }

    function test_malformedTestSetsAreRefused() public {
        vm.expectRevert(ILinkedEvaluations.TestSetInvalid.selector);
        evaluations.publishTestSet(evaluatorId, new uint256[](0));
        vm.expectRevert(ILinkedEvaluations.TestSetInvalid.selector);
        evaluations.publishTestSet(evaluatorId, new uint256[](129));
        uint256[] memory chunks = chunkCommitments();
        chunks[1] = FIELD;
        vm.expectRevert(ILinkedEvaluations.TestSetInvalid.selector);
        evaluations.publishTestSet(evaluatorId, chunks);
        bytes32 none = keccak256("none");
        vm.expectRevert(abi.encodeWithSelector(ILinkedEvaluations.EvaluatorNotFound.selector, none));
        evaluations.publishTestSet(none, chunks);
    }

    function test_malformedEvaluatorsAreRefused() public {
        ILinkedEvaluations.Evaluator memory record = evaluatorRecord();
        record.rows = 0;
        _refuseEvaluator(record);
        record = evaluatorRecord();
        record.words = 0;
        _refuseEvaluator(record);
        record.words = 897;
        _refuseEvaluator(record);
        record = evaluatorRecord();
        record.tag = FIELD;
        _refuseEvaluator(record);
        record = evaluatorRecord();
        record.circuitHash = 0;
        _refuseEvaluator(record);
        record = evaluatorRecord();
        record.servedArchitecture = keccak256("none");
        _refuseEvaluator(record);
        record = evaluatorRecord();
        record.evaluatedArchitecture = keccak256("none");
        _refuseEvaluator(record);
    }

    function test_anEvaluatorHasThreePublicSignals() public {
        string memory other = vm.readFile("verifier-contracts/test/fixtures/committed.json");
        ILinkedEvaluations.Evaluator memory record = evaluatorRecord();
        record.evaluatedArchitecture = registry.publishArchitecture(
            vm.parseJsonBytes(other, ".architecture.key"), vm.parseJsonBytes(other, ".architecture.spanKey")
        );
        _refuseEvaluator(record);
    }

    function test_linkKeysThatLinkAnythingAreRefused() public {
        ILinkedEvaluations.Evaluator memory record = evaluatorRecord();
        for (uint256 point; point < 12; point += 4) {
            record = evaluatorRecord();
            for (uint256 i; i < 4; ++i) {
                record.linkKey[point + i] = 0;
            }
            _refuseLinkKey(record);
            record = evaluatorRecord();
            for (uint256 i; i < 4; ++i) {
                record.linkKey[point + i] = record.linkKey[(point + 4 + i) % 12];
            }
            _refuseLinkKey(record);
            record = evaluatorRecord();
            record.linkKey[point] ^= 1;
            _refuseLinkKey(record);
        }
    }

    function _refuseReveal(uint256 salt, uint256[] memory words) private {
        vm.expectRevert(abi.encodeWithSelector(ILinkedEvaluations.ChunkMismatch.selector, 0));
        evaluations.revealChunk(testSet, 0, salt, words);
    }

    function _refuseEvaluator(ILinkedEvaluations.Evaluator memory record) private {
        vm.expectRevert(ILinkedEvaluations.EvaluatorInvalid.selector);
        evaluations.publishEvaluator(record);
    }

    function _refuseLinkKey(ILinkedEvaluations.Evaluator memory record) private {
        vm.expectRevert(ILinkedEvaluations.LinkKeyInvalid.selector);
        evaluations.publishEvaluator(record);
    }
}
