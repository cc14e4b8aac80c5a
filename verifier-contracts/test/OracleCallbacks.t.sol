// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ICredits} from "../src/interfaces/ICredits.sol";
import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {Asker, BombingAsker, GasEatingAsker, ReentrantAsker, RevertingAsker} from "./utils/Askers.sol";
import {OracleDeployed} from "./utils/OracleDeployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title Whatever an asker does when it is called back, the prover is paid and the request is closed
contract OracleCallbacksTest is OracleDeployed {
    uint32 private constant CALLBACK_GAS = 1_000_000;
    /// @dev What an answer costs without its callback, at most.
    uint256 private constant OTHER_GAS = 450_000;

    function test_aRevertingCallbackIsRecorded() public {
        Asker bad = new RevertingAsker{value: 1 ether}(oracle);
        _askBy(bad, 0);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        vm.expectEmit(address(oracle));
        emit IInferenceOracle.CallbackFailed(0);
        oracle.fulfil(fulfilment);
        assertStatus(0, IInferenceOracle.Status.Undelivered);
        assertEq(oracle.creditOf(prover), FEE, "paid");
        assertTrue(oracle.isAnswer(0, fulfilment.statement), "the answer stands");
        expectRefusal(0, IInferenceOracle.Outcome.RequestNotOpen);
        oracle.fulfil(fulfilment);
        vm.warp(block.timestamp + 2 hours);
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.NotRefundable.selector, 0));
        oracle.refund(0);
    }

    function test_aGasEatingCallbackCostsWhatItWasPromised() public {
        _costsAtMost(new GasEatingAsker{value: 1 ether}(oracle), CALLBACK_GAS + OTHER_GAS);
    }

    /// @dev Copying a megabyte of return data would cost two million gas.
    function test_aReturnBombCostsWhatItWasPromised() public {
        _costsAtMost(new BombingAsker{value: 1 ether}(oracle), 3_000_000 + OTHER_GAS);
    }

    /// @dev Otherwise whoever sends the answer could make every callback fail.
    function testFuzz_noCallbackIsStarved(uint256 gas_) public {
        Asker good = new Asker{value: 1 ether}(oracle);
        _askBy(good, 0);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        gas_ = 250_000 + gas_ % 1_300_000;
        (bool success, bytes memory reason) =
            address(oracle).call{gas: gas_}(abi.encodeCall(oracle.fulfil, (fulfilment)));
        if (success) {
            assertEq(good.deliveries(), 1, "delivered");
            assertTrue(good.gasGiven() > CALLBACK_GAS - 1_000, "with all its gas");
        } else {
            assertStatus(0, IInferenceOracle.Status.Open);
            bool named = reason.length == 0 || bytes4(reason) == IInferenceOracle.InsufficientGas.selector;
            assertTrue(named, "for want of gas");
        }
    }

    function test_aReentrantCallbackGetsNothingTwice() public {
        ReentrantAsker thief = new ReentrantAsker{value: 1 ether}(oracle);
        _askBy(thief, 0);
        _askPlainly(1); // somebody else's escrow, for the taking
        IInferenceOracle.Fulfilment memory fulfilment = fixture("rival", 0);
        thief.prepare(fulfilment);
        uint256 before = address(thief).balance;
        oracle.fulfil(fulfilment);
        assertEq(thief.deliveries(), 1, "called");
        assertEq(thief.successes(), 0, "nothing that it tried succeeded");
        assertEq(thief.withdrawals(), 1, "but to take its own");
        assertEq(address(thief).balance - before, 6 * FEE / 10, "once");
        assertStatus(0, IInferenceOracle.Status.Fulfilled);
        assertEq(address(oracle).balance, 4 * FEE / 10 + FEE, "the others' money");
    }

    function test_aReentrantReceiverWithdrawsOnce() public {
        ReentrantAsker thief = new ReentrantAsker{value: 1 ether}(oracle);
        _askBy(thief, 0);
        _askPlainly(1);
        vm.warp(block.timestamp + 1 hours + 1);
        oracle.refund(0);
        thief.withdraw(address(thief));
        assertEq(thief.withdrawals(), 1, "once");
        assertEq(address(oracle).balance, FEE, "the others' money");
    }

    function test_aReceiverThatRefusesKeepsItsCredit() public {
        ask(1);
        oracle.fulfil(answer(0));
        vm.expectRevert(abi.encodeWithSelector(ICredits.WithdrawalFailed.selector, address(verifier)));
        vm.prank(prover);
        oracle.withdraw(address(verifier));
        assertCredits(FEE, 0);
        vm.prank(prover);
        oracle.withdraw(prover);
    }

    function test_aFailedCallbackIsRepeatedUntilItSucceedsOnce() public {
        RevertingAsker late = new RevertingAsker{value: 1 ether}(oracle);
        _askBy(late, 0);
        uint256[] memory statement = answer(0).statement;
        bytes memory notNow = abi.encodeWithSelector(IInferenceOracle.NotRedeliverable.selector, 0);
        vm.expectRevert(notNow);
        oracle.redeliver(0, statement);
        oracle.fulfil(answer(0));
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.RedeliveryFailed.selector, 0));
        oracle.redeliver(0, statement);
        assertStatus(0, IInferenceOracle.Status.Undelivered);
        late.setWilling(true);
        statement[1] ^= 1;
        vm.expectRevert(notNow);
        oracle.redeliver(0, statement);
        statement[1] ^= 1;
        vm.expectEmit(address(oracle));
        emit IInferenceOracle.CallbackRepeated(0);
        oracle.redeliver(0, statement);
        assertStatus(0, IInferenceOracle.Status.Fulfilled);
        assertEq(late.answerHash(), keccak256(abi.encodePacked(statement)), "the answer");
        vm.expectRevert(notNow);
        oracle.redeliver(0, statement);
        assertEq(late.deliveries(), 1, "once");
    }

    /// @dev Otherwise a callback that catches its own failures would be made to catch one.
    function test_aRepeatedCallbackIsNotStarved() public {
        RevertingAsker late = new RevertingAsker{value: 1 ether}(oracle);
        _askBy(late, 0);
        uint256[] memory statement = answer(0).statement;
        oracle.fulfil(answer(0));
        late.setWilling(true);
        vm.expectRevert(IInferenceOracle.InsufficientGas.selector);
        oracle.redeliver{gas: CALLBACK_GAS}(0, statement);
        oracle.redeliver{gas: CALLBACK_GAS + 100_000}(0, statement);
        assertTrue(late.gasGiven() >= CALLBACK_GAS - 1_000, "no less than was promised");
    }

    function _costsAtMost(Asker bad, uint256 bound) private {
        IInferenceOracle.Question memory asked = question(0);
        asked.callbackGas = bound > 3_000_000 ? 3_000_000 : CALLBACK_GAS;
        bad.ask(asked, FEE);
        IInferenceOracle.Fulfilment memory fulfilment = answer(0);
        uint256 before = gasleft();
        oracle.fulfil{gas: 50_000_000}(fulfilment);
        assertTrue(before - gasleft() < bound, "bounded");
        assertStatus(0, IInferenceOracle.Status.Undelivered);
        assertEq(oracle.creditOf(prover), FEE, "paid");
    }

    function _askBy(Asker by, uint256 index) private {
        IInferenceOracle.Question memory asked = question(index);
        asked.callbackGas = CALLBACK_GAS;
        by.ask(asked, FEE);
    }

    /// @dev Question `index` by the common asker.
    function _askPlainly(uint256 index) private {
        IInferenceOracle.Question memory asked = question(index);
        vm.prank(asker);
        oracle.requestInference{value: FEE}(asked);
    }
}
