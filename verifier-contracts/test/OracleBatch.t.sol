// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Asker, GasEatingAsker, ReentrantAsker, RevertingAsker} from "./utils/Askers.sol";
import {OracleDeployed} from "./utils/OracleDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title Batches: good elements are settled, bad ones are named, nothing is settled twice
contract OracleBatchTest is OracleDeployed {
    uint256 private constant SIZE = 6;

    function test_settlesAll() public {
        ask(SIZE);
        _assertAll(oracle.fulfilEach(MODEL, 1, answers(SIZE)), SIZE);
        assertCredits(SIZE * FEE, 0);
    }

    function test_anEmptyBatchIsNothing() public {
        assertEq(oracle.fulfilEach(MODEL, 1, answers(0)).length, 0, "no outcomes");
    }

    function test_badElementsAreSkippedAndNamed() public {
        ask(SIZE);
        IInferenceOracle.Fulfilment[] memory batch = answers(SIZE);
        batch[1].proof[0] ^= 1;
        batch[2].statement[0] ^= 1;
        batch[3].fee = FEE + 1;
        batch[4].payee = rival;
        batch[5].requestId = 77;
        IInferenceOracle.Outcome[] memory outcomes = oracle.fulfilEach(MODEL, 1, batch);
        _assertOutcome(outcomes, 0, IInferenceOracle.Outcome.Fulfilled);
        _assertOutcome(outcomes, 1, IInferenceOracle.Outcome.ProofInvalid);
        _assertOutcome(outcomes, 2, IInferenceOracle.Outcome.WrongInput);
        _assertOutcome(outcomes, 3, IInferenceOracle.Outcome.FeeTooHigh);
        _assertOutcome(outcomes, 4, IInferenceOracle.Outcome.ProofInvalid);
        _assertOutcome(outcomes, 5, IInferenceOracle.Outcome.RequestNotOpen);
        assertCredits(FEE, 0);
        assertStatus(1, IInferenceOracle.Status.Open);
        _assertAll(oracle.fulfilEach(MODEL, 1, _last(SIZE - 1)), SIZE - 1);
    }

    function test_onlyBadElementsSettleNothing() public {
        ask(2);
        IInferenceOracle.Fulfilment[] memory batch = answers(2);
        (batch[0].proof, batch[1].proof) = (batch[1].proof, batch[0].proof);
        IInferenceOracle.Outcome[] memory outcomes = oracle.fulfilEach(MODEL, 1, batch);
        _assertOutcome(outcomes, 0, IInferenceOracle.Outcome.ProofInvalid);
        _assertOutcome(outcomes, 1, IInferenceOracle.Outcome.ProofInvalid);
        assertCredits(0, 0);
    }

    /// @dev A griefer who copies one answer out of a batch stops neither the others nor its maker's pay.
    function test_anElementThatWasFrontRunIsSkipped() public {
        ask(SIZE);
        vm.prank(rival);
        oracle.fulfil(answer(2));
        IInferenceOracle.Outcome[] memory outcomes = oracle.fulfilEach(MODEL, 1, answers(SIZE));
        _assertOutcome(outcomes, 2, IInferenceOracle.Outcome.RequestNotOpen);
        assertCredits(SIZE * FEE, 0);
    }

    function test_theFirstGoodAnswerOfABatchCounts() public {
        ask(1);
        IInferenceOracle.Fulfilment[] memory batch = new IInferenceOracle.Fulfilment[](4);
        (batch[0], batch[1], batch[2], batch[3]) = (answer(0), fixture("rival", 0), answer(0), answer(0));
        batch[0].payee = address(0xbad);
        IInferenceOracle.Outcome[] memory outcomes = oracle.fulfilEach(MODEL, 1, batch);
        _assertOutcome(outcomes, 0, IInferenceOracle.Outcome.ProofInvalid);
        _assertOutcome(outcomes, 1, IInferenceOracle.Outcome.Fulfilled);
        _assertOutcome(outcomes, 2, IInferenceOracle.Outcome.RequestNotOpen);
        _assertOutcome(outcomes, 3, IInferenceOracle.Outcome.RequestNotOpen);
        assertCredits(0, 6 * FEE / 10);
        assertEq(oracle.creditOf(rival), 4 * FEE / 10, "the first good one");
    }

    function test_theSameAnswerTwicePaysOnce() public {
        ask(1);
        IInferenceOracle.Fulfilment[] memory batch = new IInferenceOracle.Fulfilment[](2);
        (batch[0], batch[1]) = (answer(0), answer(0));
        IInferenceOracle.Outcome[] memory outcomes = oracle.fulfilEach(MODEL, 1, batch);
        _assertOutcome(outcomes, 1, IInferenceOracle.Outcome.RequestNotOpen);
        assertCredits(FEE, 0);
    }

    function test_requestsToAnotherVersionAreSkipped() public {
        ask(1);
        vm.prank(deployer);
        registry.publishVersion(MODEL, commitmentTo(otherKey), developmentTerms(), otherKey);
        IInferenceOracle.Question memory asked = question(1);
        asked.version = 2;
        vm.prank(asker);
        oracle.requestInference{value: FEE}(asked);
        IInferenceOracle.Outcome[] memory outcomes = oracle.fulfilEach(MODEL, 1, answers(2));
        _assertOutcome(outcomes, 0, IInferenceOracle.Outcome.Fulfilled);
        _assertOutcome(outcomes, 1, IInferenceOracle.Outcome.WrongModel);
        assertCredits(FEE, 0);
    }

    function test_lateAndRevokedElementsAreNamed() public {
        ask(2);
        setStatus(IModelRegistry.VersionStatus.Revoked);
        IInferenceOracle.Outcome[] memory outcomes = oracle.fulfilEach(MODEL, 1, answers(2));
        _assertOutcome(outcomes, 1, IInferenceOracle.Outcome.VersionRevoked);
        vm.warp(block.timestamp + 1 hours + 1);
        outcomes = oracle.fulfilEach(MODEL, 1, answers(2));
        _assertOutcome(outcomes, 0, IInferenceOracle.Outcome.DeadlinePassed);
        assertCredits(0, 0);
    }

    function test_badCallbacksStopNobody() public {
        _askBy(new RevertingAsker{value: 1 ether}(oracle), 0);
        _askBy(new GasEatingAsker{value: 1 ether}(oracle), 1);
        Asker good = new Asker{value: 1 ether}(oracle);
        _askBy(good, 2);
        _assertAll(oracle.fulfilEach(MODEL, 1, answers(3)), 3);
        assertStatus(0, IInferenceOracle.Status.Undelivered);
        assertStatus(1, IInferenceOracle.Status.Undelivered);
        assertStatus(2, IInferenceOracle.Status.Fulfilled);
        assertEq(good.deliveries(), 1, "delivered");
        assertEq(oracle.creditOf(prover), 3 * FEE, "all paid");
    }

    /// @dev All elements are settled before the first callback, which so finds nothing to take.
    function test_aCallbackCannotAnswerLaterElements() public {
        ReentrantAsker thief = new ReentrantAsker{value: 1 ether}(oracle);
        _askBy(thief, 0);
        IInferenceOracle.Question memory asked = question(1);
        vm.prank(asker);
        oracle.requestInference{value: FEE}(asked);
        thief.prepare(answer(1));
        _assertAll(oracle.fulfilEach(MODEL, 1, answers(2)), 2);
        assertEq(thief.deliveries(), 1, "called");
        assertEq(thief.successes(), 0, "nothing that it tried succeeded");
        assertCredits(2 * FEE, 0);
    }

    function _askBy(Asker by, uint256 index) private {
        IInferenceOracle.Question memory asked = question(index);
        asked.callbackGas = 1_000_000;
        by.ask(asked, FEE);
    }

    function _last(uint256 count) private view returns (IInferenceOracle.Fulfilment[] memory batch) {
        batch = new IInferenceOracle.Fulfilment[](count);
        for (uint256 i; i < count; ++i) {
            batch[i] = answer(SIZE - count + i);
        }
    }

    function _assertAll(IInferenceOracle.Outcome[] memory outcomes, uint256 count) private view {
        assertEq(outcomes.length, count, "outcomes");
        for (uint256 i; i < count; ++i) {
            _assertOutcome(outcomes, i, IInferenceOracle.Outcome.Fulfilled);
        }
        assertEq(oracle.creditOf(address(0)), 0, "nothing is lost");
    }

    function _assertOutcome(
        IInferenceOracle.Outcome[] memory outcomes,
        uint256 index,
        IInferenceOracle.Outcome expected
    ) private pure {
        assertEq(uint256(outcomes[index]), uint256(expected), "outcome");
    }
}
