// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IEvaluations} from "../src/interfaces/IEvaluations.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {IProvenEvaluations} from "../src/interfaces/IProvenEvaluations.sol";
import {Evaluated} from "./utils/Evaluated.sol";
import {vm} from "./utils/Vm.sol";

/// @title Rows counted from proven answers
contract ProvenEvaluationsTest is Evaluated {
    function test_anEvaluationIsProvenWhenAllRowsAreCounted() public {
        count(CURRENT, "current", 0, 5);
        assertEvaluation(CURRENT, false, 0);
        (uint32 counted, uint32 correct) = evaluations.countOf(CURRENT, 1, testSetId());
        assertEq(counted, 5, "counted");
        assertEq(correct, 4, "row 3 is wrong");
        vm.expectEmit(address(evaluations));
        emit IEvaluations.EvaluationProven(CURRENT, 1, testSetId(), 6, 8);
        count(CURRENT, "current", 5, 3);
        assertEvaluation(CURRENT, true, 6);
        assertTrue(address(evaluations.registry()) == address(registry), "registry");
    }

    function test_itsNamesAreThoseOfTheTypeScript() public view {
        assertEq(evaluations.testSetId(testSet()), testSetId(), "id");
        uint256[] memory input = new uint256[](1);
        input[0] = 1001;
        bytes32 leaf = evaluations.leafOf(input, 1);
        assertEq(leaf, rowAt(0).path[0], "row 1 is the sibling of row 0");
    }

    function test_eachVersionHasItsOwn() public {
        evaluateAll();
        assertEvaluation(CURRENT, true, 6);
        assertEvaluation(BETTER, true, 7);
        assertEvaluation(WORSE, true, 3);
        assertFalse(evaluations.isCounted(BETTER, 2, testSetId(), 0), "no other version");
    }

    function test_replay_aRowCountsOnce() public {
        count(BETTER, "better", 0, 3);
        count(BETTER, "better", 0, 3);
        IProvenEvaluations.Row[] memory rows = new IProvenEvaluations.Row[](2);
        IInferenceVerifier.Inference[] memory answers = new IInferenceVerifier.Inference[](2);
        (rows[0], rows[1]) = (rowAt(4), rowAt(4));
        (answers[0], answers[1]) = (answerOf("better", 4), answerOf("better", 4));
        evaluations.count(BETTER, 1, testSet(), rows, answers);
        (uint32 counted, uint32 correct) = evaluations.countOf(BETTER, 1, testSetId());
        assertEq(counted, 4, "counted");
        assertEq(correct, 4, "correct");
    }

    function test_frontRun_rowsThatSomebodyElseCountedHoldNobodyUp() public {
        count(BETTER, "better", 2, 1); // a copied part of the transaction that follows
        count(BETTER, "better", 0, 8);
        assertEvaluation(BETTER, true, 7);
        count(BETTER, "better", 0, 8);
        assertEvaluation(BETTER, true, 7);
    }

    function test_anotherVersionsAnswersAreRefused() public {
        vm.expectRevert(IProvenEvaluations.AnswersInvalid.selector);
        this.countExternally(WORSE, "better", 0, 1);
    }

    function test_aForgedAnswerIsRefused() public {
        IInferenceVerifier.Inference[] memory answers = answersFrom("better", 3, 1);
        answers[0].statement[1] = answerOf("better", 1).statement[1]; // row 3 is answered wrongly; row 1's is right
        IProvenEvaluations.Row[] memory rows = rowsFrom(3, 1);
        IProvenEvaluations.TestSet memory set = testSet();
        vm.expectRevert(IProvenEvaluations.AnswersInvalid.selector);
        evaluations.count(BETTER, 1, set, rows, answers);
    }

    function test_otherChain_itsProofsAreRefused() public {
        vm.expectRevert(IProvenEvaluations.AnswersInvalid.selector);
        this.countExternally(BETTER, "otherChain", 0, 1);
    }

    function test_aRevokedVersionIsNotEvaluated() public {
        setStatus(BETTER, IModelRegistry.VersionStatus.Revoked);
        vm.expectRevert(IProvenEvaluations.AnswersInvalid.selector);
        this.countExternally(BETTER, "better", 0, 1);
    }

    function test_anAnswerToAnotherRowIsRefused() public {
        IProvenEvaluations.Row[] memory rows = rowsFrom(1, 1);
        refuseRow(rows[0], answersFrom("better", 5, 1)); // of the same class
    }

    function test_anotherLabelIsRefused() public {
        IProvenEvaluations.Row memory row = rowAt(3);
        row.label = 0; // what the model answered
        refuseRow(row, answersFrom("better", 3, 1));
    }

    function test_anotherPlaceIsRefused() public {
        IProvenEvaluations.Row memory row = rowAt(2);
        row.index = 10; // the same way up, beyond the rows
        refuseRow(row, answersFrom("better", 2, 1));
    }

    function test_aPathOfAnotherLengthIsRefused() public {
        IProvenEvaluations.Row memory row = rowAt(2);
        (bytes32[] memory path, bytes32[] memory longer, bytes32[] memory shorter) =
            (row.path, new bytes32[](4), new bytes32[](2));
        for (uint256 i; i < 3; ++i) {
            longer[i] = path[i];
            if (i < 2) shorter[i] = path[i];
        }
        row.path = longer;
        refuseRow(row, answersFrom("better", 2, 1));
        row.path = shorter;
        refuseRow(row, answersFrom("better", 2, 1));
    }

    function test_fewerRowsClaimedAreAnotherTestSet() public {
        IProvenEvaluations.TestSet memory set = testSet();
        set.rows = 5; // of the same height
        IProvenEvaluations.Row[] memory rows = rowsFrom(0, 5);
        IInferenceVerifier.Inference[] memory answers = answersFrom("better", 0, 5);
        evaluations.count(BETTER, 1, set, rows, answers);
        assertEvaluation(BETTER, false, 0);
    }

    function test_malformedTestSetsAreRefused() public {
        IProvenEvaluations.TestSet memory set = testSet();
        set.rows = 0;
        refuseSet(set, abi.encodeWithSelector(IProvenEvaluations.TestSetInvalid.selector));
        set.rows = 65_537;
        refuseSet(set, abi.encodeWithSelector(IProvenEvaluations.TestSetInvalid.selector));
        set = testSet();
        set.classes = 1;
        refuseSet(set, abi.encodeWithSelector(IProvenEvaluations.TestSetInvalid.selector));
        bytes memory unfit = abi.encodeWithSelector(IProvenEvaluations.VersionUnfit.selector, BETTER, 1);
        set.classes = 8; // one word has seven lanes
        refuseSet(set, unfit);
        set = testSet();
        set.inputSignals = 2;
        refuseSet(set, unfit);
    }

    function test_unknownVersionsAndMissingRowsAreRefused() public {
        (IProvenEvaluations.TestSet memory set, IProvenEvaluations.Row[] memory rows) = (testSet(), rowsFrom(0, 2));
        IInferenceVerifier.Inference[] memory answers = answersFrom("better", 0, 2);
        vm.expectRevert(abi.encodeWithSelector(IProvenEvaluations.VersionUnfit.selector, BETTER, 2));
        evaluations.count(BETTER, 2, set, rows, answers);
        rows = rowsFrom(0, 1);
        vm.expectRevert(abi.encodeWithSelector(IProvenEvaluations.RowsMismatch.selector, 1, 2));
        evaluations.count(BETTER, 1, set, rows, answers);
        (rows, answers) = (rowsFrom(0, 0), answersFrom("better", 0, 0));
        vm.expectRevert(abi.encodeWithSelector(IProvenEvaluations.RowsMismatch.selector, 0, 0));
        evaluations.count(BETTER, 1, set, rows, answers);
    }

    function countExternally(uint256 modelId, string calldata name, uint256 first, uint256 length) external {
        count(modelId, name, first, length);
    }

    function refuseRow(IProvenEvaluations.Row memory row, IInferenceVerifier.Inference[] memory answers) private {
        IProvenEvaluations.Row[] memory rows = new IProvenEvaluations.Row[](1);
        rows[0] = row;
        IProvenEvaluations.TestSet memory set = testSet();
        vm.expectRevert(abi.encodeWithSelector(IProvenEvaluations.RowNotInTestSet.selector, row.index));
        evaluations.count(BETTER, 1, set, rows, answers);
    }

    function refuseSet(IProvenEvaluations.TestSet memory set, bytes memory reason) private {
        IProvenEvaluations.Row[] memory rows = rowsFrom(0, 1);
        IInferenceVerifier.Inference[] memory answers = answersFrom("better", 0, 1);
        vm.expectRevert(reason);
        evaluations.count(BETTER, 1, set, rows, answers);
    }

    function assertEvaluation(uint256 modelId, bool proven, uint32 correct) private view {
        (bool isProven, uint32 counted, uint32 rows) = evaluations.evaluationOf(modelId, 1, testSetId());
        assertTrue(isProven == proven, "proven");
        assertEq(counted, correct, "correct");
        assertEq(rows, proven ? 8 : 0, "rows");
    }
}
