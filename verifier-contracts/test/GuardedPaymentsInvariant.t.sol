// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GuardedPayments} from "../src/GuardedPayments.sol";
import {IGuardedPayments} from "../src/interfaces/IGuardedPayments.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {Purse} from "./utils/Purse.sol";
import {vm} from "./utils/Vm.sol";

/// @title Everything that owners, spenders, payees and provers may do
contract Traffic {
    uint256 public constant ACTORS = 3;
    uint256 private constant PAYMENTS = 3;

    uint256 public deposited;
    uint256 public withdrawn;
    bool public changed;
    mapping(uint256 paymentId => IGuardedPayments.Status) private _ended;

    GuardedPayments private immutable _payments;

    constructor(GuardedPayments payments) {
        _payments = payments;
        for (uint256 i; i < ACTORS; ++i) {
            vm.deal(actor(i), 1000 ether);
            vm.prank(actor(i));
            payments.open(actor(i + 1));
        }
    }

    function actor(uint256 index) public pure returns (address) {
        return address(uint160(0xac7000 + index % ACTORS));
    }

    function deposit(uint256 from, uint256 to, uint256 amount) external {
        amount %= 5 ether;
        if (amount > actor(from).balance) return;
        vm.prank(actor(from));
        _payments.deposit{value: amount}(actor(to));
        deposited += amount;
    }

    function pay(uint256 by, uint256 owner, uint256 payee, uint96 amount) external {
        if (_payments.paymentCount() == PAYMENTS) return;
        vm.prank(actor(by));
        try _payments.pay(actor(owner), actor(payee), amount % 3 ether) {} catch {}
    }

    function settle(uint256 paymentId, int32 score, bool stale) external {
        if (_payments.paymentCount() == 0) return;
        paymentId %= _payments.paymentCount();
        IInferenceVerifier.Inference memory inference;
        inference.statement = new uint256[](2);
        inference.statement[0] = _payments.featuresOf(paymentId) + (stale ? 1 : 0);
        inference.statement[1] = uint32(score % 100);
        (inference.requester, inference.nonce) = (address(_payments), paymentId);
        try _payments.settle(inference) {} catch {}
        _note(paymentId);
    }

    function decide(uint256 by, uint256 paymentId, bool back) external {
        paymentId %= PAYMENTS;
        vm.prank(actor(by));
        if (back) try _payments.takeBack(paymentId) {} catch {} else try _payments.confirm(paymentId) {} catch {}
        _note(paymentId);
    }

    function withdraw(uint256 by) external {
        vm.prank(actor(by));
        try _payments.withdraw(actor(by)) returns (uint256 amount) {
            withdrawn += amount;
        } catch {}
    }

    function wait(uint32 time) external {
        vm.warp(block.timestamp + time % 2 days);
    }

    /// @dev Notes how a payment ended, and whether one that had ended is something else.
    function _note(uint256 paymentId) private {
        IGuardedPayments.Status status = _payments.getPayment(paymentId).status;
        IGuardedPayments.Status before = _ended[paymentId];
        if (before != IGuardedPayments.Status.None && before != status) changed = true;
        if (status >= IGuardedPayments.Status.Released) _ended[paymentId] = status;
    }
}

/// @title Every wei is somebody's, and each payment ends once
/// forge-config: default.invariant.runs = 256
/// forge-config: default.invariant.depth = 500
/// forge-config: release.invariant.runs = 2000
/// forge-config: release.invariant.depth = 500
contract GuardedPaymentsInvariantTest is Purse {
    Traffic private _traffic;

    function setUp() public {
        vm.warp(NOW);
        doubled();
        vm.prank(owner);
        payments.withdraw(owner);
        _traffic = new Traffic(payments);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_traffic);
    }

    /// @dev One invariant, so that one campaign checks all.
    function invariant_payments() public view {
        uint256 claimed;
        for (uint256 i; i < _traffic.ACTORS(); ++i) {
            claimed += payments.creditOf(_traffic.actor(i));
        }
        uint256 count = payments.paymentCount();
        for (uint256 i; i < count; ++i) {
            IGuardedPayments.Payment memory payment = payments.getPayment(i);
            if (payment.status < IGuardedPayments.Status.Released) claimed += payment.amount;
        }
        assertFalse(_traffic.changed(), "what has ended stays as it ended");
        assertEq(address(payments).balance, claimed, "balance = credits + payments under way");
        assertEq(claimed, _traffic.deposited() - _traffic.withdrawn(), "what came in and did not go out is there");
    }
}
