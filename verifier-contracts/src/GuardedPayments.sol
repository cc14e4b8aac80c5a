// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Credits} from "./Credits.sol";
import {IGuardedPayments} from "./interfaces/IGuardedPayments.sol";
import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {LogScale} from "./libraries/LogScale.sol";
import {PackedOutputs} from "./libraries/PackedOutputs.sol";

/// @title Payments that a proven fraud score lets through
/// @dev See {IGuardedPayments}. What makes it safe:
///      1. Nobody chooses the model's input: this contract computes it from its own state. Features that follow from
///         the account's other payments are those of the moment of settling, so that a proof made before a burst of
///         payments is stale after it. Only the account's own payments change them: strangers cannot make a proof
///         stale.
///      2. The payment's number is the proof's nonce. Each payment is released or taken back once.
///      3. A proof of a high score holds a payment for good: later payments cannot make it look harmless again.
///      4. The spender's key pays and nothing else. Owner and payees are credited and withdraw.
contract GuardedPayments is IGuardedPayments, Credits {
    /// @dev Payments of an account on one day.
    struct Activity {
        uint32 count;
        uint128 sum;
    }

    uint256 private constant LONGEST_DELAY = 365 days;

    Terms private _terms;

    /// @inheritdoc IGuardedPayments
    uint256 public paymentCount;

    mapping(address owner => Account) private _accounts;
    mapping(uint256 paymentId => Payment) private _payments;
    mapping(address owner => mapping(uint256 day => Activity)) private _activity;
    mapping(address owner => mapping(address payee => uint256)) private _releasedTo;

    constructor(Terms memory terms_) {
        IModelRegistry.VersionInfo memory info =
            IModelRegistry(terms_.verifier.registry()).infoOf(terms_.modelId, terms_.version);
        if (
            info.status != IModelRegistry.VersionStatus.Active || info.inputSignals != 1 || info.outputSignals != 1
                || terms_.unit == 0 || terms_.delay > LONGEST_DELAY
        ) revert TermsInvalid();
        _terms = terms_;
    }

    /// @inheritdoc IGuardedPayments
    function open(address spender) external payable {
        Account storage account = _accounts[msg.sender];
        if (account.openedAt != 0) revert AccountNotReady(msg.sender);
        (account.spender, account.openedAt, account.paidAt) =
        (spender, uint48(block.timestamp), uint48(block.timestamp));
        emit AccountOpened(msg.sender, spender);
        deposit(msg.sender);
    }

    /// @inheritdoc IGuardedPayments
    function setSpender(address spender) external {
        if (_accounts[msg.sender].openedAt == 0) revert AccountNotReady(msg.sender);
        _accounts[msg.sender].spender = spender;
        emit SpenderChanged(msg.sender, spender);
    }

    /// @inheritdoc IGuardedPayments
    function deposit(address owner) public payable {
        if (_accounts[owner].openedAt == 0) revert AccountNotReady(owner);
        _credit(owner, msg.value);
        emit Deposited(owner, msg.sender, msg.value);
    }

    /// @inheritdoc IGuardedPayments
    function pay(address owner, address payee, uint96 amount) external returns (uint256 paymentId) {
        Account storage account = _accounts[owner];
        if (msg.sender != account.spender) revert NotSpender(owner, msg.sender);
        uint256 balance = creditOf[owner];
        if (amount == 0 || amount > balance) revert AmountInvalid(amount, balance);
        // What an account pays itself costs it nothing, and would make a history of large payments.
        if (payee == address(0) || payee == owner) revert PayeeInvalid(payee);
        creditOf[owner] = balance - amount;
        paymentId = paymentCount++;
        uint48 time = uint48(block.timestamp);
        _payments[paymentId] = Payment(owner, amount, payee, time, _lanesNow(account, amount), Status.Pending);
        account.paidAt = time;
        Activity storage today = _activity[owner][time / 1 days];
        (today.count, today.sum) = (today.count + 1, today.sum + amount);
        emit PaymentMade(paymentId, owner, payee, amount);
    }

    /// @inheritdoc IGuardedPayments
    function settle(IInferenceVerifier.Inference calldata inference) external returns (bool released) {
        uint256 paymentId = inference.nonce;
        Payment storage payment = _payments[paymentId];
        if (payment.status != Status.Pending) revert PaymentNotReady(paymentId, payment.status);

        // Reverts unless the proof is valid and made for this contract and this payment.
        _terms.verifier.certify(_terms.modelId, _terms.version, inference);
        uint256 features = featuresOf(paymentId);
        if (inference.statement[0] != features) revert StaleFeatures(features, inference.statement[0]);

        int32 score = PackedOutputs.lane(inference.statement, 1, 0);
        released = score < _terms.threshold;
        if (released) {
            _release(paymentId, payment, false);
        } else {
            payment.status = Status.Held;
            emit PaymentHeld(paymentId, score);
        }
    }

    /// @inheritdoc IGuardedPayments
    function confirm(uint256 paymentId) external {
        _release(paymentId, _ownPayment(paymentId), true);
    }

    /// @inheritdoc IGuardedPayments
    function takeBack(uint256 paymentId) external {
        Payment storage payment = _ownPayment(paymentId);
        uint256 from = uint256(payment.madeAt) + _terms.delay;
        if (payment.status == Status.Pending && block.timestamp <= from) revert TooEarly(paymentId, from);
        payment.status = Status.TakenBack;
        _credit(payment.owner, payment.amount);
        emit PaymentTakenBack(paymentId);
    }

    /// @inheritdoc IGuardedPayments
    function featuresOf(uint256 paymentId) public view returns (uint256 features) {
        Payment storage payment = _payments[paymentId];
        (address owner, uint256 lanes) = (payment.owner, payment.fixedLanes);
        uint256 day = payment.madeAt / 1 days;
        if (day == 0) revert PaymentNotReady(paymentId, payment.status);
        Activity storage today = _activity[owner][day];
        Activity storage before = _activity[owner][day - 1];
        uint256 unit = _terms.unit;
        features = lanes & 0xff;
        features |= _capped(uint256(today.count) + before.count) << 8;
        features |= LogScale.stepOf((uint256(today.sum) + before.sum) / unit) << 16;
        features |= (lanes >> 8 & 0xff) << 24;
        features |= _capped(_releasedTo[owner][payment.payee]) << 32;
        features |= LogScale.stepOf(_accounts[owner].largest / unit) << 40;
        features |= (lanes >> 16) << 48;
    }

    /// @inheritdoc IGuardedPayments
    function getPayment(uint256 paymentId) external view returns (Payment memory) {
        return _payments[paymentId];
    }

    /// @inheritdoc IGuardedPayments
    function getAccount(address owner) external view returns (Account memory) {
        return _accounts[owner];
    }

    /// @notice What was fixed at deployment.
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// @dev The lanes that time would change: amount, age, idle time, hour.
    function _lanesNow(Account storage account, uint256 amount) private view returns (uint32) {
        uint256 hour = block.timestamp / 1 hours % 24;
        return uint32(
            LogScale.stepOf(amount / _terms.unit) | LogScale.stepOf(block.timestamp - account.openedAt) << 8
                | LogScale.stepOf(block.timestamp - account.paidAt) << 16 | hour << 24
        );
    }

    function _release(uint256 paymentId, Payment storage payment, bool confirmed) private {
        payment.status = Status.Released;
        Account storage account = _accounts[payment.owner];
        if (payment.amount > account.largest) account.largest = payment.amount;
        ++_releasedTo[payment.owner][payment.payee];
        _credit(payment.payee, payment.amount);
        emit PaymentReleased(paymentId, confirmed);
    }

    /// @dev A payment under way of the caller's account.
    function _ownPayment(uint256 paymentId) private view returns (Payment storage payment) {
        payment = _payments[paymentId];
        if (payment.status != Status.Pending && payment.status != Status.Held) {
            revert PaymentNotReady(paymentId, payment.status);
        }
        if (payment.owner != msg.sender) revert NotOwner(paymentId, msg.sender);
    }

    function _capped(uint256 count) private pure returns (uint256) {
        return count < 255 ? count : 255;
    }
}
