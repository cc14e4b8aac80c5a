// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Credits} from "./Credits.sol";
import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IProverPool} from "./interfaces/IProverPool.sol";
import {ModelRoyalty} from "./libraries/ModelRoyalty.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";

/// @title Provers with stake
/// @dev See {IProverPool}. What makes it safe:
///      1. A proof is made for this contract, the request and its payee: whoever copies it pays the same account.
///      2. Bonds are locked when a request is taken, so that no unbonding is quicker than a miss. The delay is there
///         so that a new name costs the use of money for a while.
///      3. All books are written before anybody is called, and money is credits: the balance is credits, stakes, fees of
///         requests that are not over, and rewards that are left.
contract ProverPool is IProverPool, Credits {
    using SafeCastLib for uint256;

    uint256 private constant LONGEST_WAIT = 365 days;

    /// @inheritdoc IProverPool
    IInferenceVerifier public immutable verifier;

    /// @inheritdoc IProverPool
    IModelRegistry public immutable registry;

    /// @inheritdoc IProverPool
    uint256 public immutable epochLength;

    /// @inheritdoc IProverPool
    uint256 public immutable unbondingDelay;

    /// @inheritdoc IProverPool
    uint256 public requestCount;

    mapping(address prover => Stake) private _stakes;
    mapping(uint256 requestId => Request) private _requests;
    mapping(address prover => mapping(address asker => Reputation)) private _reputations;
    mapping(address asker => mapping(uint256 epoch => Epoch)) private _epochs;
    mapping(address asker => mapping(uint256 epoch => mapping(address prover => uint256))) private _work;
    mapping(address asker => mapping(uint256 epoch => mapping(address sponsor => uint256))) private _given;

    /// @param verifier_ Where proofs are verified, for good.
    /// @param epochLength_ Seconds over which rewards are shared.
    /// @param unbondingDelay_ Seconds that stake needs to leave.
    constructor(IInferenceVerifier verifier_, uint256 epochLength_, uint256 unbondingDelay_) {
        if (epochLength_ == 0 || unbondingDelay_ == 0 || unbondingDelay_ > LONGEST_WAIT) revert TermsInvalid();
        (verifier, epochLength, unbondingDelay) = (verifier_, epochLength_, unbondingDelay_);
        registry = IModelRegistry(verifier_.registry());
    }

    /// @inheritdoc IProverPool
    function stake() external payable {
        _stakes[msg.sender].free += msg.value.toUint128();
        emit Staked(msg.sender, msg.value);
    }

    /// @inheritdoc IProverPool
    function unbond(uint128 amount) external {
        Stake storage own = _stakes[msg.sender];
        if (amount > own.free) revert StakeTooLow(own.free, amount);
        uint48 leavesAt = uint48(block.timestamp + unbondingDelay);
        own.free -= amount;
        own.unbonding += amount;
        own.leavesAt = leavesAt;
        emit Unbonding(msg.sender, amount, leavesAt);
    }

    /// @inheritdoc IProverPool
    function collect() external {
        Stake storage own = _stakes[msg.sender];
        uint256 amount = own.unbonding;
        if (amount == 0) revert NothingDue(msg.sender);
        if (block.timestamp < own.leavesAt) revert StillUnbonding(own.leavesAt);
        own.unbonding = 0;
        _credit(msg.sender, amount);
        emit Unbonded(msg.sender, amount);
    }

    /// @inheritdoc IProverPool
    function request(Question calldata question) external payable returns (uint256 requestId) {
        uint256 latest = block.timestamp + LONGEST_WAIT;
        uint48 deadline = question.deadline;
        if (question.window == 0 || block.timestamp + question.window > deadline || deadline > latest) {
            revert DeadlineInvalid(deadline);
        }
        if (msg.value > type(uint96).max || question.modelId > type(uint96).max) revert ValueTooLarge();
        _requireUsable(question);
        requestId = requestCount++;
        Request storage stored = _requests[requestId];
        (stored.asker, stored.deadline, stored.window) = (msg.sender, deadline, question.window);
        (stored.status, stored.version, stored.fee) = (Status.Open, question.version, uint96(msg.value));
        (stored.bond, stored.modelId) = (question.bond, uint96(question.modelId));
        stored.inputSignals = uint16(question.input.length); // which is the version's
        stored.royaltyBps = ModelRoyalty.quote(address(registry), question.modelId, msg.value);
        stored.contentHash = _hash(question.input);
        emit Requested(
            requestId,
            question.modelId,
            msg.sender,
            question.version,
            uint96(msg.value),
            question.bond,
            question.window,
            deadline,
            question.input,
            question.data
        );
    }

    /// @inheritdoc IProverPool
    function take(uint256 requestId) external {
        Request storage stored = _requests[requestId];
        if (stored.status != Status.Open || !_isTakeable(stored)) revert NotTakeable(requestId);
        Stake storage own = _stakes[msg.sender];
        uint96 bond = stored.bond;
        if (bond > own.free) revert StakeTooLow(own.free, bond);
        own.free -= bond;
        own.bonded += bond;
        uint48 until = uint48(block.timestamp) + stored.window;
        (stored.status, stored.taker, stored.takenUntil) = (Status.Taken, msg.sender, until);
        emit Taken(requestId, msg.sender, until);
    }

    /// @inheritdoc IProverPool
    function answer(uint256 requestId, address payee, uint256[8] calldata proof, uint256[] calldata statement)
        external
    {
        Request storage stored = _requests[requestId];
        if (_hasMissed(stored)) _slash(stored, requestId);
        _requireAnswerable(stored, requestId, payee);
        uint256 inputs = stored.inputSignals;
        if (statement.length < inputs || _hash(statement[:inputs]) != stored.contentHash) {
            revert WrongInput(requestId);
        }
        verifier.certify(
            stored.modelId,
            stored.version,
            IInferenceVerifier.Inference(proof, statement, address(this), nonceOf(requestId, payee))
        );
        if (stored.status == Status.Taken) _recordWork(stored, payee);
        stored.status = Status.Answered;
        stored.contentHash = _hash(statement);
        (address receiver, uint256 royalty) =
            ModelRoyalty.share(address(registry), stored.modelId, stored.fee, stored.royaltyBps);
        _credit(receiver, royalty);
        _credit(payee, stored.fee - royalty);
        emit Answered(requestId, payee, uint96(royalty), statement);
    }

    /// @inheritdoc IProverPool
    function slash(uint256 requestId) external {
        Request storage stored = _requests[requestId];
        if (!_hasMissed(stored)) revert NotMissed(requestId);
        _slash(stored, requestId);
    }

    /// @inheritdoc IProverPool
    function refund(uint256 requestId) external {
        Request storage stored = _requests[requestId];
        bool over =
            stored.status == Status.None || stored.status == Status.Answered || stored.status == Status.Refunded;
        if (over || (block.timestamp <= stored.deadline && !_isRevoked(stored))) revert NotRefundable(requestId);
        if (_hasMissed(stored)) _slash(stored, requestId);
        if (stored.status == Status.Taken) _release(stored);
        stored.status = Status.Refunded;
        _credit(stored.asker, stored.fee);
        emit Refunded(requestId);
    }

    /// @inheritdoc IProverPool
    function sponsor(address asker, uint256 epoch) external payable {
        uint256 now_ = currentEpoch();
        if (epoch < now_ || epoch > now_ + LONGEST_WAIT / epochLength + 1) revert WrongEpoch(epoch);
        _epochs[asker][epoch].fund += msg.value.toUint128();
        _given[asker][epoch][msg.sender] += msg.value;
        emit Sponsored(asker, epoch, msg.sender, msg.value);
    }

    /// @inheritdoc IProverPool
    function claim(address asker, uint256 epoch) external {
        if (epoch >= currentEpoch()) revert WrongEpoch(epoch);
        uint256 work = _work[asker][epoch][msg.sender];
        if (work == 0) revert NothingDue(msg.sender);
        Epoch storage rewards = _epochs[asker][epoch];
        uint256 amount = uint256(rewards.fund) * work / rewards.unclaimed;
        _work[asker][epoch][msg.sender] = 0;
        rewards.fund -= uint128(amount);
        rewards.unclaimed -= uint128(work);
        _credit(msg.sender, amount);
        emit Rewarded(msg.sender, asker, epoch, amount);
    }

    /// @inheritdoc IProverPool
    function reclaim(address asker, uint256 epoch) external {
        if (epoch >= currentEpoch() || _epochs[asker][epoch].worked) revert WrongEpoch(epoch);
        uint256 amount = _given[asker][epoch][msg.sender];
        if (amount == 0) revert NothingDue(msg.sender);
        _given[asker][epoch][msg.sender] = 0;
        _epochs[asker][epoch].fund -= uint128(amount);
        _credit(msg.sender, amount);
        emit Reclaimed(msg.sender, asker, epoch, amount);
    }

    /// @inheritdoc IProverPool
    function stakeOf(address prover) external view returns (Stake memory) {
        return _stakes[prover];
    }

    /// @inheritdoc IProverPool
    function reputationOf(address prover, address asker) external view returns (Reputation memory) {
        return _reputations[prover][asker];
    }

    /// @inheritdoc IProverPool
    function epochOf(address asker, uint256 epoch) external view returns (Epoch memory) {
        return _epochs[asker][epoch];
    }

    /// @inheritdoc IProverPool
    function getRequest(uint256 requestId) external view returns (Request memory) {
        return _requests[requestId];
    }

    /// @inheritdoc IProverPool
    function isAnswer(uint256 requestId, uint256[] calldata statement) external view returns (bool) {
        Request storage stored = _requests[requestId];
        return stored.status == Status.Answered && stored.contentHash == _hash(statement);
    }

    /// @inheritdoc IProverPool
    function currentEpoch() public view returns (uint256) {
        return block.timestamp / epochLength;
    }

    /// @inheritdoc IProverPool
    function nonceOf(uint256 requestId, address payee) public pure returns (uint256) {
        return uint256(keccak256(abi.encode(requestId, payee)));
    }

    /// @dev Whoever takes a request has its whole window before the deadline.
    function _isTakeable(Request storage stored) private view returns (bool) {
        return block.timestamp + stored.window <= stored.deadline;
    }

    /// @dev A version that is revoked under way excuses its prover.
    function _hasMissed(Request storage stored) private view returns (bool) {
        return stored.status == Status.Taken && block.timestamp > stored.takenUntil && !_isRevoked(stored);
    }

    function _isRevoked(Request storage stored) private view returns (bool) {
        return registry.infoOf(stored.modelId, stored.version).status == IModelRegistry.VersionStatus.Revoked;
    }

    /// @dev A request that is still open has to be taken first, as long as there is time for that.
    function _requireAnswerable(Request storage stored, uint256 requestId, address payee) private view {
        Status status = stored.status;
        bool answerable = block.timestamp <= stored.deadline
            && (status == Status.Missed
                || (status == Status.Taken && payee == stored.taker)
                || (status == Status.Open && !_isTakeable(stored)));
        if (!answerable) revert NotAnswerable(requestId);
    }

    function _slash(Request storage stored, uint256 requestId) private {
        (address taker, uint96 bond) = (stored.taker, stored.bond);
        stored.status = Status.Missed;
        _stakes[taker].bonded -= bond;
        ++_reputations[taker][stored.asker].missed;
        _credit(stored.asker, bond);
        emit Missed(requestId, taker, bond);
    }

    function _release(Request storage stored) private {
        Stake storage own = _stakes[stored.taker];
        own.bonded -= stored.bond;
        own.free += stored.bond;
    }

    function _recordWork(Request storage stored, address prover) private {
        _release(stored);
        (address asker, uint96 fee) = (stored.asker, stored.fee);
        Reputation storage reputation = _reputations[prover][asker];
        ++reputation.answered;
        reputation.value += fee;
        if (fee == 0) return;
        uint256 epoch = currentEpoch();
        Epoch storage rewards = _epochs[asker][epoch];
        rewards.unclaimed += fee;
        rewards.worked = true;
        _work[asker][epoch][prover] += fee;
    }

    function _requireUsable(Question calldata question) private view {
        IModelRegistry.VersionInfo memory info = registry.infoOf(question.modelId, question.version);
        bool usable = info.status == IModelRegistry.VersionStatus.Active
            || info.status == IModelRegistry.VersionStatus.Deprecated;
        if (!usable) revert VersionNotUsable(question.modelId, question.version);
        if (question.input.length != info.inputSignals) {
            revert InputLengthWrong(info.inputSignals, question.input.length);
        }
    }

    function _hash(uint256[] calldata words) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(words));
    }
}
