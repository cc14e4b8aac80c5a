// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GuardedPayments} from "../../src/GuardedPayments.sol";
import {IGuardedPayments} from "../../src/interfaces/IGuardedPayments.sol";
import {IInferenceVerifier} from "../../src/interfaces/IInferenceVerifier.sol";
import {Assertions} from "./Assertions.sol";
import {VerifierDouble} from "./VerifierDouble.sol";
import {vm} from "./Vm.sol";

/// @title An owner, a spender whose key a thief has as well, and a shop
abstract contract Purse is Assertions {
    uint256 internal constant UNIT = 1e13;
    uint48 internal constant NOW = 1_800_000_000; // 8 o'clock
    uint48 internal constant DELAY = 3 days;
    uint96 internal constant SMALL = uint96(5000 * UNIT);
    uint96 internal constant LARGE = uint96(200_000 * UNIT);
    uint256 internal constant FUNDS = 10 ether;

    address internal owner = address(0x0123);
    address internal spender = address(0x5bed);
    address internal shop = address(0x5409);
    address internal thief = address(0x71ef);
    GuardedPayments internal payments;

    /// @dev The contract over a verifier that believes everything.
    function doubled() internal returns (VerifierDouble verifier) {
        vm.warp(NOW);
        verifier = new VerifierDouble();
        payments = new GuardedPayments(termsFor(address(verifier), 50));
        open();
    }

    function termsFor(address verifier, int32 threshold) internal pure returns (IGuardedPayments.Terms memory) {
        return IGuardedPayments.Terms(IInferenceVerifier(verifier), 1, 1, threshold, DELAY, UNIT);
    }

    function open() internal {
        vm.deal(owner, FUNDS);
        vm.prank(owner);
        payments.open{value: FUNDS}(spender);
    }

    /// @dev Payment 0, confirmed after 30 days, and payment 1 ten days and two hours later: both to the shop.
    function harmless() internal returns (uint256 paymentId) {
        vm.warp(NOW + 30 days);
        paymentId = pay(shop, SMALL);
        vm.prank(owner);
        payments.confirm(paymentId);
        vm.warp(NOW + 40 days + 2 hours);
        return pay(shop, SMALL);
    }

    /// @dev Payment 2, ten minutes after that.
    function stolen() internal returns (uint256) {
        vm.warp(NOW + 40 days + 2 hours + 10 minutes);
        return pay(thief, LARGE);
    }

    function pay(address payee, uint96 amount) internal returns (uint256) {
        vm.prank(spender);
        return payments.pay(owner, payee, amount);
    }

    /// @dev What the double believes: the payment's features now, and a score.
    function scored(uint256 paymentId, int32 score)
        internal
        view
        returns (IInferenceVerifier.Inference memory inference)
    {
        inference.statement = new uint256[](2);
        inference.statement[0] = payments.featuresOf(paymentId);
        inference.statement[1] = uint32(score);
        (inference.requester, inference.nonce) = (address(payments), paymentId);
    }

    function assertPayment(uint256 paymentId, IGuardedPayments.Status status) internal view {
        assertEq(uint256(payments.getPayment(paymentId).status), uint256(status), "payment's status");
    }

    function notReady(uint256 paymentId, IGuardedPayments.Status status) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IGuardedPayments.PaymentNotReady.selector, paymentId, status);
    }
}
