// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";
import {ILotTrace} from "./interfaces/ILotTrace.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {PackedOutputs} from "./libraries/PackedOutputs.sol";
import {TraceHash} from "./libraries/TraceHash.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Journeys of lots, step by proven step
/// @dev See {ILotTrace}. What makes it safe:
///      1. The lot's head is the proof's nonce. It names chain, contract, lot and all steps before, so that a proof
///         fits one place: no fork, skip, replay, reordering or other lot's step.
///      2. A step starts from the state that the one before left: the integers are equal, nothing is converted. The
///         state never rises.
///      3. Readings are a logger's word for this lot and time. Time has no gaps: a step begins where the last one
///         ended, and its bands count all its seconds.
///      4. Nobody passes on time that is not traced: a lot changes hands, and is delivered, only within `maxLag` of
///         its last reading. Who takes it over agrees to the head.
///      5. Nothing is called that could write: verifier and signers are asked by static calls.
contract LotTrace is ILotTrace, EIP712 {
    bytes32 private constant READINGS_TYPE =
        keccak256("Readings(uint256 lotId,uint48 from,uint48 until,uint256 readings)");

    /// @dev Lanes of 8 bits in a word that a proof packs.
    uint256 private constant LANES = 31;

    /// @notice Where proofs are verified.
    IInferenceVerifier public immutable verifier;

    /// @inheritdoc ILotTrace
    uint256 public lotCount;

    /// @inheritdoc ILotTrace
    mapping(uint256 lotId => mapping(address logger => bool)) public isLogger;

    mapping(uint256 lotId => Lot) private _lots;
    mapping(uint256 lotId => mapping(uint256 index => StepRecord)) private _steps;

    /// @param verifier_ Where proofs are verified, for good.
    constructor(IInferenceVerifier verifier_) EIP712("LotTrace", "1") {
        verifier = verifier_;
    }

    /// @inheritdoc ILotTrace
    function open(Terms calldata terms, address[] calldata loggers) external returns (uint256 lotId) {
        IModelRegistry.VersionInfo memory info =
            IModelRegistry(verifier.registry()).infoOf(terms.modelId, terms.version);
        if (
            info.status != IModelRegistry.VersionStatus.Active || info.inputSignals != 2 || info.outputSignals != 1
                || terms.tick == 0 || terms.bands == 0 || terms.bands > LANES || terms.firstState <= terms.spoiledAt
                || terms.start > block.timestamp || loggers.length == 0
        ) revert TermsInvalid();
        lotId = lotCount++;
        for (uint256 i; i < loggers.length; ++i) {
            isLogger[lotId][loggers[i]] = true;
        }
        Lot storage lot = _lots[lotId];
        (lot.maker, lot.version, lot.tick, lot.bands) = (msg.sender, terms.version, terms.tick, terms.bands);
        (lot.spoiledAt, lot.maxLag, lot.modelId) = (terms.spoiledAt, terms.maxLag, terms.modelId);
        (lot.custodian, lot.until, lot.state, lot.status) = (msg.sender, terms.start, terms.firstState, Status.Open);
        bytes32 head = TraceHash.opening(lotId, msg.sender, terms, loggers);
        _steps[lotId][0] = StepRecord(head, msg.sender, terms.start, terms.firstState);
        emit LotOpened(lotId, msg.sender, head, terms, loggers);
    }

    /// @inheritdoc ILotTrace
    function append(uint256 lotId, Step calldata step) external {
        Lot storage lot = _requireCustodian(lotId);
        _advance(lotId, lot, step);
        verifier.certify(lot.modelId, lot.version, step.inference);
    }

    /// @inheritdoc ILotTrace
    function appendBatch(uint256 lotId, Step[] calldata steps) external {
        Lot storage lot = _requireCustodian(lotId);
        IInferenceVerifier.Inference[] memory inferences = new IInferenceVerifier.Inference[](steps.length);
        for (uint256 i; i < steps.length; ++i) {
            if (lot.status != Status.Open) revert LotNotOpen(lotId, lot.status);
            _advance(lotId, lot, steps[i]);
            inferences[i] = steps[i].inference;
        }
        if (!verifier.verifyBatch(lot.modelId, lot.version, inferences)) revert BatchInvalid(lotId);
    }

    /// @inheritdoc ILotTrace
    function offer(uint256 lotId, address to) external {
        Lot storage lot = _requireCustodian(lotId);
        if (to != address(0)) _requireTraced(lotId, lot);
        lot.offeredTo = to;
        emit LotOffered(lotId, msg.sender, to);
    }

    /// @inheritdoc ILotTrace
    function accept(uint256 lotId, bytes32 head) external {
        Lot storage lot = _requireOpen(lotId);
        if (msg.sender != lot.offeredTo) revert NotOffered(lotId, msg.sender);
        bytes32 current = headOf(lotId);
        if (head != current) revert HeadChanged(current);
        _requireTraced(lotId, lot);
        address from = lot.custodian;
        (lot.custodian, lot.offeredTo) = (msg.sender, address(0));
        emit LotAccepted(lotId, from, msg.sender, head);
    }

    /// @inheritdoc ILotTrace
    function deliver(uint256 lotId) external {
        Lot storage lot = _requireCustodian(lotId);
        if (lot.recalled) revert Recalled(lotId);
        _requireTraced(lotId, lot);
        (lot.status, lot.offeredTo) = (Status.Delivered, address(0));
        emit LotDelivered(lotId, msg.sender, headOf(lotId));
    }

    /// @inheritdoc ILotTrace
    function recall(uint256 lotId, bytes32 reason) external {
        Lot storage lot = _requireMaker(lotId);
        if (lot.recalled) revert Recalled(lotId);
        lot.recalled = true;
        emit LotRecalled(lotId, reason);
    }

    /// @inheritdoc ILotTrace
    function revokeLogger(uint256 lotId, address logger) external {
        _requireMaker(lotId);
        if (!isLogger[lotId][logger]) revert LoggerNotAllowed(lotId, logger);
        isLogger[lotId][logger] = false;
        emit LoggerRevoked(lotId, logger);
    }

    /// @inheritdoc ILotTrace
    function getLot(uint256 lotId) external view returns (Lot memory) {
        return _lots[lotId];
    }

    /// @inheritdoc ILotTrace
    function headOf(uint256 lotId) public view returns (bytes32) {
        return _steps[lotId][_lots[lotId].steps].hash;
    }

    /// @inheritdoc ILotTrace
    function stepOf(uint256 lotId, uint256 index) external view returns (StepRecord memory) {
        return _steps[lotId][index];
    }

    /// @inheritdoc ILotTrace
    function isSound(uint256 lotId) external view returns (bool) {
        Lot storage lot = _lots[lotId];
        return lot.status == Status.Delivered && !lot.recalled;
    }

    /// @inheritdoc ILotTrace
    function readingsHash(uint256 lotId, uint48 from, uint48 until, uint256 readings) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(READINGS_TYPE, lotId, from, until, readings)));
    }

    /// @dev All about a step but its proof, which the caller has verified afterwards.
    function _advance(uint256 lotId, Lot storage lot, Step calldata step) private {
        uint256 index = lot.steps;
        bytes32 head = _steps[lotId][index].hash;
        uint256[] calldata statement = step.inference.statement;
        if (step.inference.requester != address(this)) {
            revert IInferenceVerifier.NotRequester(step.inference.requester, address(this));
        }
        if (step.inference.nonce != uint256(head)) revert StepMisplaced(head, step.inference.nonce);
        if (statement.length != 3) revert IInferenceVerifier.StatementLengthWrong();
        uint16 before = lot.state;
        if (statement[0] != before) revert StateMismatch(before, statement[0]);
        _checkReadings(lotId, lot, step);

        int32 answer = PackedOutputs.lane(statement, 2, 0);
        if (answer < 0 || answer > int32(uint32(before))) revert StateInvalid(before, answer);
        uint16 state = uint16(uint32(answer)); // at most `before`
        bytes32 hash = TraceHash.step(head, msg.sender, step.logger, step.until, statement);
        ++index;
        _steps[lotId][index] = StepRecord(hash, msg.sender, step.until, state);
        (lot.until, lot.state, lot.steps) = (step.until, state, SafeCast.toUint24(index));
        emit StepAppended(lotId, index, msg.sender, hash, step.logger, step.until, statement[1], state);
        if (state <= lot.spoiledAt) {
            lot.status = Status.Spoiled;
            emit LotSpoiled(lotId, index);
        }
    }

    /// @dev That a logger of the lot read these lanes, and that they are about all the time since the last step.
    function _checkReadings(uint256 lotId, Lot storage lot, Step calldata step) private view {
        uint48 from = lot.until;
        if (step.until <= from || step.until > block.timestamp) revert PeriodInvalid(from, step.until);
        uint256 readings = step.inference.statement[1];
        uint256 counted = TraceHash.lanesSum(readings, lot.bands) * lot.tick;
        if (counted != step.until - from) revert ReadingsIncomplete(counted, step.until - from);
        if (!isLogger[lotId][step.logger]) revert LoggerNotAllowed(lotId, step.logger);
        bytes32 attested = readingsHash(lotId, from, step.until, readings);
        if (!SignatureChecker.isValidSignatureNowCalldata(step.logger, attested, step.signature)) {
            revert ReadingsNotAttested(lotId, step.logger);
        }
    }

    function _requireOpen(uint256 lotId) private view returns (Lot storage lot) {
        lot = _lots[lotId];
        if (lot.status != Status.Open) revert LotNotOpen(lotId, lot.status);
    }

    function _requireCustodian(uint256 lotId) private view returns (Lot storage lot) {
        lot = _requireOpen(lotId);
        if (msg.sender != lot.custodian) revert NotCustodian(lotId, msg.sender);
    }

    function _requireMaker(uint256 lotId) private view returns (Lot storage lot) {
        lot = _lots[lotId];
        if (lot.maker == address(0) || msg.sender != lot.maker) revert NotMaker(lotId, msg.sender);
    }

    /// @dev That the lot's time is traced up to now, within the lag that its terms allow.
    function _requireTraced(uint256 lotId, Lot storage lot) private view {
        if (block.timestamp - lot.until > lot.maxLag) revert TraceBehind(lotId, lot.until);
    }
}
