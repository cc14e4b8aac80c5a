// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ICredits} from "./ICredits.sol";
import {IInferenceVerifier} from "./IInferenceVerifier.sol";

/// @title Payments that a proven fraud score lets through
/// @notice An owner keeps ether here and names a spender: a key that is used daily and may be stolen. What the spender
///         pays waits. A proof that the model finds it harmless releases it; a proof that it is suspicious holds it
///         until the owner confirms it or takes it back. Without any proof the owner may confirm at once, and take it
///         back after a delay.
/// @dev The model's input is public, eight lanes of 8 bits in one signal (`--input public --input-range 0,255`), and this contract
///      computes all of it: the proof only says what the model makes of it.
interface IGuardedPayments is ICredits {
    /// @notice What is fixed at deployment.
    /// @param verifier Where proofs are verified.
    /// @param modelId The model whose score decides.
    /// @param version Its version, pinned for good.
    /// @param threshold Least score that is suspicious, as the integer that the model's first output has.
    /// @param delay Seconds after which the owner may take back a payment that nobody proved anything about.
    /// @param unit Wei that count as one; amounts are rounded down to it for the model.
    struct Terms {
        IInferenceVerifier verifier;
        uint256 modelId;
        uint32 version;
        int32 threshold;
        uint48 delay;
        uint256 unit;
    }

    /// @notice Where a payment stands. Released and TakenBack are final.
    enum Status {
        None,
        Pending,
        Held,
        Released,
        TakenBack
    }

    /// @notice An owner's account; its balance is the owner's credit.
    /// @param spender Who may pay from it.
    /// @param openedAt When it was opened, in seconds since 1970.
    /// @param paidAt When it last paid, or was opened.
    /// @param largest Largest amount that it paid and that was released, in wei.
    struct Account {
        address spender;
        uint48 openedAt;
        uint48 paidAt;
        uint96 largest;
    }

    /// @notice A payment in escrow or past.
    /// @param owner Whose account pays.
    /// @param amount In wei.
    /// @param payee Who gets it.
    /// @param madeAt When it was made, in seconds since 1970.
    /// @param fixedLanes Features that time would change, as they were then: lanes 0, 3, 6 and 7 of {featuresOf}.
    /// @param status Where it stands.
    struct Payment {
        address owner;
        uint96 amount;
        address payee;
        uint48 madeAt;
        uint32 fixedLanes;
        Status status;
    }

    /// @notice An account was opened.
    event AccountOpened(address indexed owner, address spender);

    /// @notice An account has another spender; zero for none.
    event SpenderChanged(address indexed owner, address spender);

    /// @notice Ether was put into an account.
    event Deposited(address indexed owner, address indexed from, uint256 amount);

    /// @notice A payment waits; prove for this contract as requester, the payment's number as nonce.
    event PaymentMade(uint256 indexed paymentId, address indexed owner, address indexed payee, uint96 amount);

    /// @notice A proven score at or above the threshold holds a payment for its owner.
    event PaymentHeld(uint256 indexed paymentId, int32 score);

    /// @notice A payment was credited to its payee, by a proven score or by its owner's confirmation.
    event PaymentReleased(uint256 indexed paymentId, bool confirmed);

    /// @notice A payment went back to its owner.
    event PaymentTakenBack(uint256 indexed paymentId);

    /// @notice The version is not active, does not have one input and one output signal, the unit is zero, or the delay
    ///         longer than a year.
    error TermsInvalid();

    /// @notice The account is open already, or is not.
    error AccountNotReady(address owner);

    /// @notice Only the account's spender pays.
    error NotSpender(address owner, address caller);

    /// @notice Only the payment's owner may.
    error NotOwner(uint256 paymentId, address caller);

    /// @notice The payment stands elsewhere than this call needs.
    error PaymentNotReady(uint256 paymentId, Status status);

    /// @notice A payment has an amount, at most what the account holds.
    error AmountInvalid(uint256 amount, uint256 balance);

    /// @notice A payment has a payee, who is another than its owner.
    error PayeeInvalid(address payee);

    /// @notice The proof is about other features than the payment has now.
    error StaleFeatures(uint256 expected, uint256 actual);

    /// @notice A proof may still come.
    error TooEarly(uint256 paymentId, uint256 from);

    /// @notice Opens the caller's account with what is sent; its age counts from here.
    function open(address spender) external payable;

    /// @notice Names another spender for the caller's account, at once; zero stops all payments.
    function setSpender(address spender) external;

    /// @notice Puts what is sent into an account.
    function deposit(address owner) external payable;

    /// @notice Makes a payment from an account whose spender the caller is.
    /// @return paymentId Payments are numbered from 0.
    function pay(address owner, address payee, uint96 amount) external returns (uint256 paymentId);

    /// @notice Decides the pending payment that `inference.nonce` names by its proven score. Anyone may.
    /// @return released Whether it was released; else it is held.
    function settle(IInferenceVerifier.Inference calldata inference) external returns (bool released);

    /// @notice Releases a payment of the caller's account, pending or held.
    function confirm(uint256 paymentId) external;

    /// @notice Takes back a payment of the caller's account: a held one at once, a pending one after the delay.
    function takeBack(uint256 paymentId) external;

    /// @notice What the model is asked about a payment now: the public signal that a proof must show.
    /// @dev Lane j at bits 8·j; the log scale is {LogScale}'s, at most 255 each. As they were when it was made:
    ///      0: log of the amount in units; 3: log of the account's age in seconds; 6: log of the seconds since the
    ///      account paid before; 7: hour of the day (UTC). As they are now: 1: the account's payments on that day
    ///      (UTC) and the day before; 2: log of their sum in units; 4: payments released to this payee; 5: log of the
    ///      largest amount released, in units.
    function featuresOf(uint256 paymentId) external view returns (uint256);

    function getPayment(uint256 paymentId) external view returns (Payment memory);

    function getAccount(address owner) external view returns (Account memory);

    function paymentCount() external view returns (uint256);
}
