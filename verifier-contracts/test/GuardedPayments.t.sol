// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GuardedPayments} from "../src/GuardedPayments.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IGuardedPayments} from "../src/interfaces/IGuardedPayments.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {LogScale} from "../src/libraries/LogScale.sol";
import {GreedyCreditor} from "./utils/GreedyCreditor.sol";
import {Purse} from "./utils/Purse.sol";
import {VerifierDouble} from "./utils/VerifierDouble.sol";
import {vm} from "./utils/Vm.sol";

/// @title The rules of guarded payments, over a verifier that believes everything
contract GuardedPaymentsTest is Purse {
    VerifierDouble private _verifier;

    function setUp() public {
        _verifier = doubled();
    }

    function test_releasesBelowTheThreshold() public {
        uint256 paymentId = harmless();
        vm.expectEmit(address(payments));
        emit IGuardedPayments.PaymentReleased(paymentId, false);
        assertTrue(payments.settle(scored(paymentId, 49)), "released");
        assertPayment(paymentId, IGuardedPayments.Status.Released);
        assertEq(payments.creditOf(shop), 2 * uint256(SMALL), "paid");
    }

    function test_holdsFromTheThresholdOn() public {
        uint256 paymentId = stolen();
        vm.expectEmit(address(payments));
        emit IGuardedPayments.PaymentHeld(paymentId, 50);
        assertFalse(payments.settle(scored(paymentId, 50)), "held");
        assertPayment(paymentId, IGuardedPayments.Status.Held);
        assertEq(payments.creditOf(thief), 0, "not paid");
    }

    function test_negativeScoresAreBelow() public {
        uint256 paymentId = harmless();
        assertTrue(payments.settle(scored(paymentId, -1)), "released");
    }

    function test_ownerTakesAHeldPaymentBackAtOnce() public {
        uint256 paymentId = stolen();
        payments.settle(scored(paymentId, 60));
        vm.prank(owner);
        payments.takeBack(paymentId);
        assertEq(payments.creditOf(owner), FUNDS, "back");
        assertPayment(paymentId, IGuardedPayments.Status.TakenBack);
    }

    function test_ownerConfirmsAHeldPayment() public {
        uint256 paymentId = stolen();
        payments.settle(scored(paymentId, 60));
        vm.prank(owner);
        payments.confirm(paymentId);
        assertEq(payments.creditOf(thief), LARGE, "paid");
    }

    function test_ownerTakesAnUnprovenPaymentBackAfterTheDelay() public {
        uint256 paymentId = harmless();
        uint256 until = payments.getPayment(paymentId).madeAt + DELAY;
        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.TooEarly.selector, paymentId, until));
        vm.prank(owner);
        payments.takeBack(paymentId);
        vm.warp(until + 1);
        vm.prank(owner);
        payments.takeBack(paymentId);
        assertEq(payments.creditOf(owner), FUNDS - SMALL, "back");
    }

    function test_features() public {
        uint256 paymentId = harmless();
        uint256 age = 40 days + 2 hours;
        uint256 features = lanes(LogScale.stepOf(5000), 1, LogScale.stepOf(5000), LogScale.stepOf(age))
            | lanes(1, LogScale.stepOf(5000), LogScale.stepOf(10 days + 2 hours), 10) << 32;
        assertEq(payments.featuresOf(paymentId), features, "of payment 1");
        uint256 next = stolen();
        features = lanes(LogScale.stepOf(200_000), 2, LogScale.stepOf(205_000), LogScale.stepOf(age + 600))
            | lanes(0, LogScale.stepOf(5000), LogScale.stepOf(600), 10) << 32;
        assertEq(payments.featuresOf(next), features, "of payment 2");
    }

    /// @dev Payments of the day before count; those of two days before do not.
    function test_windowIsTwoDays() public {
        pay(shop, SMALL);
        vm.warp(NOW + 1 days);
        assertEq(payments.featuresOf(pay(shop, SMALL)) >> 8 & 0xff, 2, "the day before");
        vm.warp(NOW + 3 days);
        assertEq(payments.featuresOf(pay(shop, SMALL)) >> 8 & 0xff, 1, "long before");
    }

    function test_countsAreCapped() public {
        uint256 paymentId;
        for (uint256 i; i < 300; ++i) {
            paymentId = pay(shop, 1);
        }
        assertEq(payments.featuresOf(paymentId) >> 8 & 0xff, 255, "count");
        assertEq(payments.featuresOf(paymentId) & 0xff, 0, "less than a unit");
    }

    function testFuzz_logScale(uint256 x, uint256 y) public pure {
        if (x > y) (x, y) = (y, x);
        assertTrue(LogScale.stepOf(x) <= LogScale.stepOf(y), "monotone");
        assertTrue(LogScale.stepOf(y) < 256, "eight bits");
    }

    /// @dev The same values as logStep of TypeScript gives.
    function test_logScale() public pure {
        uint16[12] memory xs = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 5000, 65_535];
        uint8[12] memory steps = [0, 1, 5, 7, 9, 10, 11, 12, 13, 13, 49, 64];
        for (uint256 i; i < 12; ++i) {
            assertEq(LogScale.stepOf(xs[i]), steps[i], "step");
        }
        assertEq(LogScale.stepOf(1 << 63), 253, "2^63");
        assertEq(LogScale.stepOf((1 << 64) - 1), 255, "capped");
        assertEq(LogScale.stepOf(type(uint256).max), 255, "capped");
    }

    /// @dev A burst after the proof: the payment is what it was, the account is not.
    function test_attackStaleFeatures() public {
        uint256 paymentId = harmless();
        IInferenceVerifier.Inference memory proof = scored(paymentId, 1);
        stolen();
        vm.expectRevert(
            abi.encodeWithSelector(
                IGuardedPayments.StaleFeatures.selector, payments.featuresOf(paymentId), proof.statement[0]
            )
        );
        payments.settle(proof);
        assertTrue(payments.settle(scored(paymentId, 1)), "a fresh proof");
    }

    function test_attackLyingAboutFeatures() public {
        uint256 paymentId = stolen();
        IInferenceVerifier.Inference memory proof = scored(paymentId, 1);
        for (uint256 bit; bit < 256; ++bit) {
            uint256 lie = payments.featuresOf(paymentId) ^ (1 << bit);
            proof.statement[0] = lie;
            vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.StaleFeatures.selector, lie ^ (1 << bit), lie));
            payments.settle(proof);
        }
    }

    /// @dev What strangers do, other payments of payee or owner's deposits among it, makes no proof stale.
    function test_attackStrangerMakesProofsStale() public {
        uint256 paymentId = harmless();
        IInferenceVerifier.Inference memory proof = scored(paymentId, 1);
        vm.deal(thief, 2 ether);
        vm.startPrank(thief);
        payments.open{value: 1 ether}(thief);
        payments.deposit{value: 1 ether}(owner);
        payments.pay(thief, shop, 1);
        payments.pay(thief, owner, 1);
        vm.stopPrank();
        vm.warp(block.timestamp + 30 days);
        assertTrue(payments.settle(proof), "released");
    }

    function test_attackReplayedProof() public {
        uint256 paymentId = harmless();
        IInferenceVerifier.Inference memory proof = scored(paymentId, 1);
        payments.settle(proof);
        vm.expectRevert(notReady(paymentId, IGuardedPayments.Status.Released));
        payments.settle(proof);
        assertEq(payments.creditOf(shop), 2 * uint256(SMALL), "paid once");
    }

    /// @dev Once held, no later proof releases: the owner decides.
    function test_attackHeldUntilHarmless() public {
        uint256 paymentId = stolen();
        payments.settle(scored(paymentId, 60));
        IInferenceVerifier.Inference memory proof = scored(paymentId, 1);
        vm.expectRevert(notReady(paymentId, IGuardedPayments.Status.Held));
        payments.settle(proof);
    }

    /// @dev A proof, a confirmation and a return: whichever comes first is the end.
    function test_attackDoubleClaim() public {
        uint256 first = harmless();
        payments.settle(scored(first, 1));
        uint256 second = stolen();
        payments.settle(scored(second, 60));
        vm.warp(block.timestamp + 2 * DELAY);
        vm.startPrank(owner);
        vm.expectRevert(notReady(first, IGuardedPayments.Status.Released));
        payments.takeBack(first);
        vm.expectRevert(notReady(first, IGuardedPayments.Status.Released));
        payments.confirm(first);
        payments.takeBack(second);
        vm.expectRevert(notReady(second, IGuardedPayments.Status.TakenBack));
        payments.takeBack(second);
        vm.expectRevert(notReady(second, IGuardedPayments.Status.TakenBack));
        payments.confirm(second);
        vm.stopPrank();
        assertEq(payments.creditOf(owner), FUNDS - 2 * uint256(SMALL), "owner");
    }

    /// @dev The spender's key, stolen or not, pays and does nothing else.
    function test_attackThiefWithTheSpendersKey() public {
        uint256 paymentId = stolen();
        vm.startPrank(spender);
        vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.NotOwner.selector, paymentId, spender));
        payments.confirm(paymentId);
        vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.NotOwner.selector, paymentId, spender));
        payments.takeBack(paymentId);
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, spender));
        payments.withdraw(thief);
        vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.AccountNotReady.selector, spender));
        payments.setSpender(thief);
        vm.stopPrank();
        vm.expectEmit(address(payments));
        emit IGuardedPayments.SpenderChanged(owner, address(0));
        vm.prank(owner);
        payments.setSpender(address(0));
        vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.NotSpender.selector, owner, spender));
        pay(thief, 1);
    }

    function test_attackStrangerPays() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.NotSpender.selector, owner, thief));
        vm.prank(thief);
        payments.pay(owner, thief, 1);
        // An account that nobody opened has no spender, and nobody is the zero address.
        vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.NotSpender.selector, shop, thief));
        vm.prank(thief);
        payments.pay(shop, thief, 1);
    }

    function test_attackOverdrawnAccount() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.AmountInvalid.selector, FUNDS + 1, FUNDS));
        pay(thief, uint96(FUNDS + 1));
        vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.AmountInvalid.selector, 0, FUNDS));
        pay(thief, 0);
        vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.PayeeInvalid.selector, address(0)));
        pay(address(0), 1);
        pay(thief, uint96(FUNDS));
        vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.AmountInvalid.selector, 1, 0));
        pay(thief, 1);
    }

    /// @dev A thief's ladder: larger and larger payments to the owner itself would all come back, and leave an account
    ///      that pays much.
    function test_attackHistoryOfPaymentsToOneself() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.PayeeInvalid.selector, owner));
        pay(owner, LARGE);
    }

    function test_attackReopenedAccount() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.AccountNotReady.selector, owner));
        vm.prank(owner);
        payments.open(thief);
        vm.expectRevert(abi.encodeWithSelector(IGuardedPayments.AccountNotReady.selector, shop));
        payments.deposit(shop);
    }

    function test_attackUnknownPayment() public {
        IInferenceVerifier.Inference memory proof = scored(harmless(), 1);
        proof.nonce = 7;
        vm.expectRevert(notReady(7, IGuardedPayments.Status.None));
        payments.settle(proof);
        vm.expectRevert(notReady(7, IGuardedPayments.Status.None));
        payments.featuresOf(7);
        vm.expectRevert(notReady(7, IGuardedPayments.Status.None));
        vm.prank(owner);
        payments.confirm(7);
    }

    function test_attackReentrantWithdrawal() public {
        GreedyCreditor account = new GreedyCreditor(payments);
        uint256 paymentId = pay(address(account), SMALL);
        pay(thief, LARGE);
        payments.settle(scored(paymentId, 1));
        account.withdraw();
        assertEq(account.refused(), 1, "refused");
        assertEq(address(account).balance, SMALL, "paid once");
    }

    /// @dev A payee that takes no ether harms itself alone.
    function test_attackPayeeThatReverts() public {
        uint256 paymentId = pay(address(_verifier), SMALL);
        assertTrue(payments.settle(scored(paymentId, 1)), "released");
        vm.expectRevert(abi.encodeWithSelector(ICredits.WithdrawalFailed.selector, address(_verifier)));
        vm.prank(address(_verifier));
        payments.withdraw(address(_verifier));
        vm.prank(address(_verifier));
        payments.withdraw(shop);
        assertEq(shop.balance, SMALL, "elsewhere");
    }

    function test_needsASuitableModel() public {
        IGuardedPayments.Terms memory terms = termsFor(address(_verifier), 50);
        terms.unit = 0;
        expectInvalid(terms);
        terms.unit = UNIT;
        terms.delay = 365 days + 1; // what nobody proves anything about would be locked for that long
        expectInvalid(terms);
        terms.delay = 365 days;
        _verifier.set(IModelRegistry.VersionStatus.Active, 2, 1);
        expectInvalid(terms);
        _verifier.set(IModelRegistry.VersionStatus.Active, 1, 2);
        expectInvalid(terms);
        _verifier.set(IModelRegistry.VersionStatus.Deprecated, 1, 1);
        expectInvalid(terms);
    }

    function test_tellsItsAccountsAndTerms() public {
        uint256 paymentId = harmless();
        IGuardedPayments.Account memory account = payments.getAccount(owner);
        assertEq(account.spender, spender, "spender");
        assertEq(account.openedAt, NOW, "opened");
        assertEq(account.paidAt, NOW + 40 days + 2 hours, "paid");
        assertEq(account.largest, SMALL, "largest");
        assertEq(payments.getPayment(paymentId).payee, shop, "payee");
        assertEq(payments.terms().delay, DELAY, "delay");
        assertEq(payments.paymentCount(), 2, "payments");
    }

    function expectInvalid(IGuardedPayments.Terms memory terms) private {
        bytes memory reason = abi.encodeWithSelector(IGuardedPayments.TermsInvalid.selector);
        assertDeploymentReverts("GuardedPayments", abi.encode(terms), reason);
    }

    function lanes(uint256 a, uint256 b, uint256 c, uint256 d) private pure returns (uint256) {
        return a | b << 8 | c << 16 | d << 24;
    }
}
