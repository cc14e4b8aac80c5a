// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {InsurancePool} from "./InsurancePool.sol";
import {ICropInsurance} from "./interfaces/ICropInsurance.sol";
import {IInferenceOracle} from "./interfaces/IInferenceOracle.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {PackedOutputs} from "./libraries/PackedOutputs.sol";
import {WeatherAttestation} from "./libraries/WeatherAttestation.sol";
import {InferenceReceiver} from "./receivers/InferenceReceiver.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Parametric crop insurance decided by proven answers of a risk model
/// @dev See {ICropInsurance}. What makes it safe:
///      1. A proof says what the model answers to *some* input. Which one is the station's word, signed for this
///         policy and season, on this chain and contract; answers come from the oracle alone, to a claim under way.
///      2. Each policy ends once, and its reserve is freed then and there. Sales never reserve more than providers
///         put in, and what is reserved can't be taken out.
///      3. The answer's callback does nothing but book: no transfer, no call, no guard that someone could hold. It
///         can't fail for a claim under way, so that no prover can spend a claim's fee without deciding it.
///      4. Only the holder claims: nobody else can keep a policy busy with requests that no prover takes.
contract CropInsurance is ICropInsurance, InsurancePool, InferenceReceiver, EIP712 {
    /// @notice Gas that the oracle promises to {onInference}, which takes less than half of it.
    uint32 public constant CALLBACK_GAS = 150_000;

    uint256 private constant RATE_UNIT = 10_000;

    /// @notice Where the model's version stands: the oracle's registry.
    IModelRegistry public immutable registry;

    uint256 private immutable _modelId;
    uint32 private immutable _version;
    int32 private immutable _threshold;
    uint16 private immutable _premiumRate;
    uint48 private immutable _seasonStart;
    uint48 private immutable _seasonEnd;
    uint48 private immutable _claimsEnd;
    address private immutable _station;
    uint256 private immutable _inputSignals;

    /// @inheritdoc ICropInsurance
    uint256 public policyCount;

    mapping(uint256 policyId => Policy) private _policies;
    mapping(uint256 requestId => uint256 policyId) private _claims;

    mapping(address account => uint256) private _fees;
    uint256 private _feesOwed;
    /// @dev Fees of claims under way: in escrow with the oracle, or refunded there and not booked here yet.
    uint256 private _feesPending;

    /// @param asset_ What coverage and premiums are paid in.
    /// @param oracle_ Who is asked, for good.
    /// @param terms_ The terms of all policies.
    constructor(IERC20 asset_, IInferenceOracle oracle_, Terms memory terms_)
        InsurancePool(asset_, terms_.salesEnd)
        InferenceReceiver(oracle_)
        EIP712("CropInsurance", "1")
    {
        registry = oracle_.registry();
        IModelRegistry.VersionInfo memory info = registry.infoOf(terms_.modelId, terms_.version);
        if (
            terms_.salesEnd <= block.timestamp || terms_.salesEnd > terms_.seasonStart
                || terms_.seasonStart >= terms_.seasonEnd || terms_.seasonEnd >= terms_.claimsEnd
                || terms_.premiumRate == 0 || terms_.premiumRate >= RATE_UNIT || terms_.station == address(0)
                || info.status != IModelRegistry.VersionStatus.Active || info.outputSignals == 0
        ) revert TermsInvalid();
        _modelId = terms_.modelId;
        _version = terms_.version;
        _threshold = terms_.threshold;
        _premiumRate = terms_.premiumRate;
        _seasonStart = terms_.seasonStart;
        _seasonEnd = terms_.seasonEnd;
        _claimsEnd = terms_.claimsEnd;
        _station = terms_.station;
        _inputSignals = info.inputSignals;
    }

    /// @notice Fees come back from the oracle.
    receive() external payable {
        if (msg.sender != address(oracle)) revert NotOracle(msg.sender);
    }

    /// @inheritdoc ICropInsurance
    function buy(uint96 coverage, bytes32 plot) external nonReentrant returns (uint256 policyId) {
        if (!isOpen()) revert SalesClosed();
        if (_isRevoked()) revert VersionRevoked(_modelId, _version);
        uint256 free = freeAssets();
        if (coverage == 0 || coverage > free) revert CoverageNotAvailable(coverage, free);
        uint96 premium = premiumOf(coverage);
        policyId = policyCount++;
        Policy storage policy = _policies[policyId];
        (policy.holder, policy.coverage, policy.premium) = (msg.sender, coverage, premium);
        (policy.status, policy.plot) = (Status.Active, plot);
        emit PolicyBought(policyId, msg.sender, plot, coverage, premium);
        _sell(msg.sender, coverage, premium);
    }

    /// @inheritdoc ICropInsurance
    function claim(uint256 policyId, uint256[] calldata input, bytes calldata signature, uint48 deadline)
        external
        payable
        returns (uint256 requestId)
    {
        Policy storage policy = _policies[policyId];
        if (policy.status != Status.Active) revert PolicyNotReady(policyId, policy.status);
        if (policy.holder != msg.sender) revert NotHolder(policyId, msg.sender);
        if (block.timestamp <= _seasonEnd || deadline > _claimsEnd) revert OutsideClaimPeriod();
        bytes32 inputHash = keccak256(abi.encodePacked(input));
        bytes32 attested = attestationHash(policyId, inputHash);
        if (!SignatureChecker.isValidSignatureNowCalldata(_station, attested, signature)) {
            revert NotAttested(policyId, inputHash);
        }

        policy.status = Status.Claimed;
        policy.inputHash = inputHash;
        _feesPending += msg.value;
        requestId = oracle.requestInference{value: msg.value}(
            IInferenceOracle.Question(_modelId, _version, deadline, CALLBACK_GAS, input, "")
        );
        // The oracle refuses more than 2^96 - 1 wei. It calls nobody here, so that the number can be noted now.
        (policy.requestId, policy.fee) = (requestId, uint96(msg.value));
        _claims[requestId] = policyId;
        emit PolicyClaimed(policyId, requestId, inputHash, uint96(msg.value));
    }

    /// @dev Decides a policy by its proven score. Reverts for nothing that the oracle delivers to a claim under way.
    function _onInference(uint256 requestId, uint256[] calldata statement) internal override {
        uint256 policyId = _claims[requestId];
        Policy storage policy = _policies[policyId];
        if (
            policy.status != Status.Claimed || policy.requestId != requestId
                || policy.inputHash != keccak256(abi.encodePacked(statement[:_inputSignals]))
        ) revert UnexpectedAnswer(requestId);

        int32 score = PackedOutputs.lane(statement, _inputSignals, 0);
        bool paid = score >= _threshold;
        policy.status = paid ? Status.Paid : Status.Declined;
        _feesPending -= policy.fee;
        reserved -= policy.coverage;
        if (paid) _credit(policy.holder, policy.coverage);
        emit PolicyDecided(policyId, requestId, score, paid);
    }

    /// @inheritdoc ICropInsurance
    function reopen(uint256 policyId) external {
        Policy storage policy = _policies[policyId];
        if (policy.status != Status.Claimed) revert PolicyNotReady(policyId, policy.status);
        policy.status = Status.Active;
        emit ClaimReopened(policyId, policy.requestId);
        _recoverFee(policy);
    }

    /// @inheritdoc ICropInsurance
    function close(uint256 policyId) external {
        Policy storage policy = _policies[policyId];
        Status before = policy.status;
        if (before != Status.Active && before != Status.Claimed) revert PolicyNotReady(policyId, before);
        bool isVoid = _isRevoked();
        if (!isVoid && block.timestamp <= _claimsEnd) revert StillCovered(policyId);

        policy.status = isVoid ? Status.Void : Status.Expired;
        reserved -= policy.coverage;
        if (isVoid) {
            premiums -= policy.premium;
            _credit(policy.holder, policy.premium);
        }
        emit PolicyClosed(policyId, policy.status);
        if (before == Status.Claimed) _recoverFee(policy);
    }

    /// @inheritdoc ICropInsurance
    function collectFees(address payable to) external returns (uint256 amount) {
        uint256 returned = _fees[msg.sender];
        amount = feeCreditOf(msg.sender);
        if (amount == 0) revert NothingToCollect(msg.sender);
        _fees[msg.sender] = 0;
        _feesOwed -= returned;
        if (address(this).balance < amount) oracle.withdraw(address(this));
        Address.sendValue(to, amount);
    }

    /// @inheritdoc ICropInsurance
    function feeCreditOf(address account) public view returns (uint256) {
        return account == _station ? _fees[account] + _spareFees() : _fees[account];
    }

    /// @inheritdoc ICropInsurance
    function attestationHash(uint256 policyId, bytes32 inputHash) public view returns (bytes32) {
        return _hashTypedDataV4(
            WeatherAttestation.structHash(policyId, _policies[policyId].plot, _seasonStart, _seasonEnd, inputHash)
        );
    }

    /// @inheritdoc ICropInsurance
    function premiumOf(uint96 coverage) public view returns (uint96) {
        return uint96(Math.mulDiv(coverage, _premiumRate, RATE_UNIT, Math.Rounding.Ceil)); // below the coverage
    }

    /// @inheritdoc ICropInsurance
    function getPolicy(uint256 policyId) external view returns (Policy memory) {
        return _policies[policyId];
    }

    /// @inheritdoc ICropInsurance
    function terms() external view returns (Terms memory) {
        return Terms({
            modelId: _modelId,
            version: _version,
            threshold: _threshold,
            premiumRate: _premiumRate,
            salesEnd: _salesEnd,
            seasonStart: _seasonStart,
            seasonEnd: _seasonEnd,
            claimsEnd: _claimsEnd,
            station: _station
        });
    }

    /// @dev Books the fee of a request that did not decide its policy. Reverts while an answer may still come.
    function _recoverFee(Policy storage policy) private {
        uint256 fee = policy.fee;
        _feesPending -= fee;
        IInferenceOracle.Status status = oracle.getRequest(policy.requestId).status;
        bool open = status == IInferenceOracle.Status.Open;
        // Else it was answered and the callback failed: the prover has the fee.
        if (!open && status != IInferenceOracle.Status.Refunded) return;
        _fees[policy.holder] += fee;
        _feesOwed += fee;
        if (open) oracle.refund(policy.requestId);
    }

    /// @dev What provers asked less than was offered. The oracle credits it without saying for which request; fees of
    ///      claims under way may be among it, and are left alone.
    function _spareFees() private view returns (uint256) {
        uint256 held = address(this).balance + oracle.creditOf(address(this));
        return Math.saturatingSub(held, _feesOwed + _feesPending);
    }

    function _isRevoked() private view returns (bool) {
        return registry.infoOf(_modelId, _version).status == IModelRegistry.VersionStatus.Revoked;
    }
}
