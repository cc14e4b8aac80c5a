// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "./IInferenceVerifier.sol";

/// @title Journeys of lots, each step of which is a proven inference chained to the one before
/// @notice A maker opens a lot and fixes the model, its version, the first state and the loggers that travel with it.
///         At each step the custodian of the moment proves that the model, given the state after the step before and
///         the readings that a logger signed for the time since then, answers with the new state. Custody changes by
///         offer and acceptance. A lot ends once: spoiled, when a proven state falls to the threshold, or delivered.
/// @dev The model must be built with public inputs (`--input public`), in two words: the state alone, and readings in
///      lanes of 8 bits, lowest first. Its only output must have the unit and range of its state, so that one step's
///      output is the next one's input, integer for integer (`test/models/cold-chain` shows how).
interface ILotTrace {
    /// @notice Where a lot stands. Delivered and Spoiled are final.
    enum Status {
        None,
        Open,
        Delivered,
        Spoiled
    }

    /// @notice What a lot's maker fixes for good.
    /// @param modelId The model that gives the states.
    /// @param version Its version, pinned.
    /// @param tick Seconds that a count of a band stands for.
    /// @param bands How many of the readings' lanes, from the lowest on, count ticks: these add up to a step's time.
    /// @param firstState The state at the start.
    /// @param spoiledAt At this state or below it the lot is spoiled.
    /// @param start When readings begin, in seconds since 1970.
    /// @param maxLag Seconds since the last reading after which a lot cannot change hands or be delivered.
    /// @param product A hash of what the lot is.
    struct Terms {
        uint256 modelId;
        uint32 version;
        uint24 tick;
        uint8 bands;
        uint16 firstState;
        uint16 spoiledAt;
        uint48 start;
        uint48 maxLag;
        bytes32 product;
    }

    /// @notice A lot as it stands.
    /// @param until Up to when its time is traced, in seconds since 1970.
    /// @param steps How many steps it has.
    /// @param offeredTo Who may take it over; zero for nobody.
    struct Lot {
        address maker;
        uint32 version;
        uint24 tick;
        uint8 bands;
        uint16 spoiledAt;
        bool recalled;
        address custodian;
        uint48 until;
        uint16 state;
        uint24 steps;
        Status status;
        address offeredTo;
        uint48 maxLag;
        uint256 modelId;
    }

    /// @notice What is kept of a step; step 0 is the opening.
    /// @param hash The step's hash, with which all before it are fixed.
    struct StepRecord {
        bytes32 hash;
        address custodian;
        uint48 until;
        uint16 state;
    }

    /// @notice A step as it is handed in.
    /// @param until When its readings end: they begin where those of the step before end.
    /// @param logger Which of the lot's loggers read.
    /// @param signature The logger's, of {readingsHash}.
    /// @param inference The proof, made for this contract and the lot's head as nonce.
    struct Step {
        uint48 until;
        address logger;
        bytes signature;
        IInferenceVerifier.Inference inference;
    }

    /// @notice A lot was opened. Its first hash, the nonce of its first step's proof, is `head`.
    event LotOpened(uint256 indexed lotId, address indexed maker, bytes32 head, Terms terms, address[] loggers);

    /// @notice A step was appended.
    /// @param index The step's number, from 1 on.
    /// @param hash The lot's head from now on, and the nonce of the next step's proof.
    /// @param readings The readings' lanes, as the model took them.
    event StepAppended(
        uint256 indexed lotId,
        uint256 indexed index,
        address indexed custodian,
        bytes32 hash,
        address logger,
        uint48 until,
        uint256 readings,
        uint16 state
    );

    /// @notice The custodian offers the lot to somebody, or to nobody any more.
    event LotOffered(uint256 indexed lotId, address indexed custodian, address indexed to);

    /// @notice Custody has changed.
    event LotAccepted(uint256 indexed lotId, address indexed from, address indexed custodian, bytes32 head);

    /// @notice The lot's journey ended as it should.
    event LotDelivered(uint256 indexed lotId, address indexed custodian, bytes32 head);

    /// @notice The step's proven state is at or below the threshold: the lot is spoiled for good.
    event LotSpoiled(uint256 indexed lotId, uint256 indexed index);

    /// @notice The maker recalls the lot. Its steps stay.
    event LotRecalled(uint256 indexed lotId, bytes32 reason);

    /// @notice The maker no longer trusts a logger of the lot.
    event LoggerRevoked(uint256 indexed lotId, address indexed logger);

    /// @notice The version is not active or its proofs have other signals, or the terms contradict themselves.
    error TermsInvalid();

    /// @notice The lot stands elsewhere than this call needs.
    error LotNotOpen(uint256 lotId, Status status);

    /// @notice Only the lot's custodian may.
    error NotCustodian(uint256 lotId, address caller);

    /// @notice Only the lot's maker may.
    error NotMaker(uint256 lotId, address caller);

    /// @notice The lot is not offered to the caller.
    error NotOffered(uint256 lotId, address caller);

    /// @notice The proof is made for another place: another lot, another step, or a head that is not the last.
    error StepMisplaced(bytes32 head, uint256 nonce);

    /// @notice The step's time is empty, or ends in the future.
    error PeriodInvalid(uint48 from, uint48 until);

    /// @notice The proof starts from another state than the step before left.
    error StateMismatch(uint256 expected, uint256 actual);

    /// @notice The proven state is above the one before, or below zero.
    error StateInvalid(uint16 before, int32 after_);

    /// @notice The bands count more or less seconds than the step takes.
    error ReadingsIncomplete(uint256 counted, uint256 elapsed);

    /// @notice The logger is none of the lot's, or was revoked.
    error LoggerNotAllowed(uint256 lotId, address logger);

    /// @notice The logger did not sign these readings for this lot and time.
    error ReadingsNotAttested(uint256 lotId, address logger);

    /// @notice A proof of the batch does not hold, or the version is revoked.
    error BatchInvalid(uint256 lotId);

    /// @notice The lot has other steps than the caller saw.
    error HeadChanged(bytes32 head);

    /// @notice The lot's time is not traced up to now, within the lag that its terms allow.
    error TraceBehind(uint256 lotId, uint48 until);

    /// @notice The lot is recalled.
    error Recalled(uint256 lotId);

    /// @notice Opens a lot in the caller's custody.
    /// @param loggers Whose readings count.
    function open(Terms calldata terms, address[] calldata loggers) external returns (uint256 lotId);

    /// @notice Appends a step. Only the custodian may.
    function append(uint256 lotId, Step calldata step) external;

    /// @notice Appends steps with one pairing check for all their proofs; all or none.
    function appendBatch(uint256 lotId, Step[] calldata steps) external;

    /// @notice Offers the lot; the custodian may, whose time is traced up to now.
    /// @param to Who may take it over; zero takes an offer back.
    function offer(uint256 lotId, address to) external;

    /// @notice Takes over a lot that is offered to the caller.
    /// @param head The head that the caller agrees to.
    function accept(uint256 lotId, bytes32 head) external;

    /// @notice Ends the journey of a lot that is not recalled. Only the custodian may, whose time is traced up to now.
    function deliver(uint256 lotId) external;

    /// @notice Flags a lot, open or ended. Its maker may, once: the lot can no longer be delivered.
    function recall(uint256 lotId, bytes32 reason) external;

    /// @notice Refuses a logger's readings from now on. Its lot's maker may.
    function revokeLogger(uint256 lotId, address logger) external;

    /// @notice How many lots there are; they are numbered from 0 on.
    function lotCount() external view returns (uint256);

    /// @notice A lot as it stands; all zero if there is none.
    function getLot(uint256 lotId) external view returns (Lot memory);

    /// @notice The hash of the lot's last step: the nonce that the next step's proof must name.
    function headOf(uint256 lotId) external view returns (bytes32);

    /// @notice What is kept of a step; step 0 is the opening.
    function stepOf(uint256 lotId, uint256 index) external view returns (StepRecord memory);

    /// @notice Whether a lot was delivered and not recalled. By whom, and with which terms, {getLot} tells: anyone can
    ///         open a lot and deliver it to himself.
    function isSound(uint256 lotId) external view returns (bool);

    /// @notice Whether the lot takes a logger's readings.
    function isLogger(uint256 lotId, address logger) external view returns (bool);

    /// @notice What a logger signs: the EIP-712 hash of
    ///         `Readings(uint256 lotId,uint48 from,uint48 until,uint256 readings)`.
    function readingsHash(uint256 lotId, uint48 from, uint48 until, uint256 readings) external view returns (bytes32);
}
