// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ILinkedEvaluations} from "../src/interfaces/ILinkedEvaluations.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {LinkedEvaluated} from "./utils/LinkedEvaluated.sol";
import {vm} from "./utils/Vm.sol";

/// @title What is tried to have a better accuracy than one's own
contract LinkedEvaluationAttacksTest is LinkedEvaluated {
    address private constant THIEF = address(0x7417);

    function test_moreThanTheProofSaysIsRefused() public {
        uint32 evaluation = linkVersion(B, ".b.evaluated");
        ILinkedEvaluations.ChunkProof memory forged = count(".b", 0);
        for (uint32 claimed = 1; claimed < 5; ++claimed) {
            forged.correct = claimed;
            _refuse(testSet, evaluation, forged);
        }
    }

    function test_theCountOfAnotherModelIsRefused() public {
        linkVersion(A, ".a.evaluated");
        uint32 evaluation = linkVersion(B, ".b.evaluated");
        _refuse(testSet, evaluation, count(".a", 0));
    }

    function test_theWeightsOfAnotherModelCannotBeLinked() public {
        IModelRegistry.WeightCommitment memory weights = weightsAt(".a.evaluated");
        _refuseLink(B, weights, linkAt(".a.evaluated"));
        _refuseLink(B, weights, linkAt(".b.evaluated"));
        _refuseLink(A, weightsAt(".b.evaluated"), linkAt(".a.evaluated"));
    }

    function test_pointsThatAreNoneAreRefused() public {
        IModelRegistry.WeightCommitment memory weights = weightsAt(".a.evaluated");
        uint256[2] memory none;
        _refuseLink(A, weights, none);
        uint256[2] memory link = linkAt(".a.evaluated");
        link[0] += Bn254.Q;
        _refuseLink(A, weights, link);
        link = linkAt(".a.evaluated");
        link[1] = Bn254.Q - link[1];
        _refuseLink(A, weights, link);
        weights.commitment = none;
        _refuseLink(A, weights, linkAt(".a.evaluated"));
    }

    function test_aCommitmentOutsideTheSpanIsRefused() public {
        IModelRegistry.WeightCommitment memory weights = weightsAt(".a.evaluated");
        weights.spanProof = weights.commitment;
        uint256[2] memory link = linkAt(".a.evaluated");
        vm.expectRevert(IModelRegistry.WeightsOutsideSpan.selector);
        evaluations.link(evaluatorId, A, 1, weights, link);
    }

    /// @dev Whoever copies a commitment has a model that serves nothing: he can link it, and prove nothing of it.
    function test_aCopiedModelCannotBeProven() public {
        uint256 copy = publishServed(THIEF, ".a");
        uint32 evaluation = linkVersion(copy, ".a.evaluated");
        _refuse(testSet, evaluation, count(".a", 0));
    }

    /// @dev Front-run with the same link under another blinding: the owner links after it all the same.
    function test_aLinkBlindedAnewStandsInNobodysWay() public {
        vm.prank(THIEF);
        uint32 stolen = linkVersion(A, ".a.blindedAgain");
        uint32 evaluation = linkVersion(A, ".a.evaluated");
        _refuse(testSet, stolen, count(".a", 0));
        evaluations.prove(testSet, evaluation, counts(".a"));
        (bool proven,,) = evaluations.evaluationOf(A, 1, testSet);
        assertTrue(proven, "proven");
    }

    function test_copiedCalldataCountsForTheOwner() public {
        uint32 evaluation = linkVersion(A, ".a.evaluated");
        ILinkedEvaluations.ChunkProof[] memory proofs = counts(".a");
        vm.prank(THIEF);
        evaluations.prove(testSet, evaluation, proofs);
        (bool proven, uint32 correct,) = evaluations.evaluationOf(A, 1, testSet);
        assertTrue(proven && correct == 8, "the owner's");
    }

    function test_aReplayedChunkCountsNothing() public {
        uint32 evaluation = linkVersion(A, ".a.evaluated");
        ILinkedEvaluations.ChunkProof[] memory proofs = only(count(".a", 0));
        evaluations.prove(testSet, evaluation, proofs);
        _refuseAsCounted(evaluation, proofs);
        uint32 again = linkVersion(A, ".a.blindedAgain");
        _refuseAsCounted(again, proofs);
        proofs = counts(".a");
        proofs[0] = proofs[1];
        evaluations.prove(testSet, evaluation, proofs);
        (bool proven, uint32 correct,) = evaluations.evaluationOf(A, 1, testSet);
        assertTrue(proven && correct == 8, "each chunk once");
        _refuseAsCounted(evaluation, proofs);
    }

    /// @dev A rival takes one proof out of a pending batch and hands it in first: near the deadline that would stop all.
    function test_frontRun_oneProofOfABatchDoesNotStopTheOthers() public {
        uint32 evaluation = linkVersion(A, ".a.evaluated");
        ILinkedEvaluations.ChunkProof[] memory proofs = counts(".a");
        vm.prank(THIEF);
        evaluations.prove(testSet, evaluation, only(proofs[1]));
        evaluations.prove(testSet, evaluation, proofs);
        (bool proven, uint32 correct,) = evaluations.evaluationOf(A, 1, testSet);
        assertTrue(proven && correct == 8, "all are counted");
    }

    /// @dev What is skipped is not asked for, but neither does it count: a lie about a chunk changes nothing.
    function test_aLieAboutACountedChunkChangesNothing() public {
        uint32 evaluation = linkVersion(B, ".b.evaluated");
        evaluations.prove(testSet, evaluation, only(count(".b", 0)));
        ILinkedEvaluations.ChunkProof[] memory proofs = counts(".b");
        proofs[0].correct = 4;
        evaluations.prove(testSet, evaluation, proofs);
        (bool proven, uint32 correct,) = evaluations.evaluationOf(B, 1, testSet);
        assertTrue(proven && correct == 0, "none right");
    }

    function test_oneChunkForAnotherIsRefused() public {
        uint32 evaluation = linkVersion(A, ".a.evaluated");
        ILinkedEvaluations.ChunkProof memory moved = count(".a", 0);
        moved.chunk = 1;
        _refuse(testSet, evaluation, moved);
        moved.chunk = 2;
        vm.expectRevert(abi.encodeWithSelector(ILinkedEvaluations.ChunkNotFound.selector, 2));
        evaluations.prove(testSet, evaluation, only(moved));
    }

    function test_aProofForAnotherTestSetIsRefused() public {
        uint256[] memory chunks = chunkCommitments();
        (chunks[0], chunks[1]) = (chunks[1], chunks[0]);
        bytes32 other = evaluations.publishTestSet(evaluatorId, chunks);
        uint32 evaluation = linkVersion(A, ".a.evaluated");
        ILinkedEvaluations.ChunkProof memory moved = count(".a", 0);
        moved.chunk = 1;
        _refuse(other, evaluation, moved);
    }

    function test_aProofForAnotherChainIsRefused() public {
        uint32 evaluation = linkVersion(A, ".a.evaluated");
        ILinkedEvaluations.ChunkProof memory elsewhere = countAt(".a.otherChain", 0);
        _refuse(testSet, evaluation, elsewhere);
        vm.chainId(1);
        evaluations.prove(testSet, evaluation, only(elsewhere));
    }

    function test_oneBadProofRefusesAll() public {
        uint32 evaluation = linkVersion(A, ".a.evaluated");
        ILinkedEvaluations.ChunkProof[] memory proofs = counts(".a");
        proofs[1].proof[0] ^= 1;
        vm.expectRevert(ILinkedEvaluations.CountNotProven.selector);
        evaluations.prove(testSet, evaluation, proofs);
        (, uint32 correct,) = evaluations.evaluationOf(A, 1, testSet);
        assertEq(correct, 0, "nothing is counted");
    }

    function test_noProofsOrNoLinkOrNoTestSet() public {
        uint32 evaluation = linkVersion(A, ".a.evaluated");
        ILinkedEvaluations.ChunkProof[] memory proofs = new ILinkedEvaluations.ChunkProof[](0);
        _refuseAsCounted(evaluation, proofs);
        proofs = counts(".a");
        vm.expectRevert(abi.encodeWithSelector(ILinkedEvaluations.NotLinked.selector, evaluatorId, 7));
        evaluations.prove(testSet, 7, proofs);
        bytes32 none = keccak256("none");
        vm.expectRevert(abi.encodeWithSelector(ILinkedEvaluations.TestSetNotFound.selector, none));
        evaluations.prove(none, evaluation, proofs);
    }

    function test_revokedVersionsAndThoseOfNoArchitectureAreNotLinked() public {
        vm.prank(deployer);
        registry.setVersionStatus(A, 1, IModelRegistry.VersionStatus.Revoked);
        uint256[2] memory link = linkAt(".a.evaluated");
        IModelRegistry.WeightCommitment memory weights = weightsAt(".a.evaluated");
        uint256[3] memory models = [A, MODEL, 99];
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ILinkedEvaluations.VersionNotEvaluable.selector, models[i], 1));
            evaluations.link(evaluatorId, models[i], 1, weights, link);
        }
    }

    function _refuse(bytes32 set, uint32 evaluation, ILinkedEvaluations.ChunkProof memory proof) private {
        vm.expectRevert(ILinkedEvaluations.CountNotProven.selector);
        evaluations.prove(set, evaluation, only(proof));
    }

    function _refuseAsCounted(uint32 evaluation, ILinkedEvaluations.ChunkProof[] memory proofs) private {
        vm.expectRevert(ILinkedEvaluations.NothingToCount.selector);
        evaluations.prove(testSet, evaluation, proofs);
    }

    function _refuseLink(uint256 modelId, IModelRegistry.WeightCommitment memory weights, uint256[2] memory link)
        private
    {
        vm.expectRevert(ILinkedEvaluations.LinkInvalid.selector);
        evaluations.link(evaluatorId, modelId, 1, weights, link);
    }
}
