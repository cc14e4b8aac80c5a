// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Credits} from "./Credits.sol";
import {IFederatedRounds} from "./interfaces/IFederatedRounds.sol";
import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IPoseidon5} from "./interfaces/IPoseidon5.sol";
import {Bn254} from "./libraries/Bn254.sol";
import {UpdateOpening} from "./libraries/UpdateOpening.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {LibBit} from "solady/utils/LibBit.sol";

/// @title Rounds of federated learning whose averages are proven
/// @dev See {IFederatedRounds}. What makes it safe:
///      1. The contract makes the statement: weights before, the commitments of exactly the ready members, weights after.
///         The coordinator chooses nothing but salts. A proof is made for this contract and one round.
///      2. Who committed to a well-formed update can make itself ready without anybody's help, by {reveal}; and nobody can
///         take it out again, for a slash needs an opening that is malformed, or a signature under another.
///      3. From the end of the reveal period on, only a malformed update leaves the set: one with which no proof exists.
///         So nobody can spoil a proof that is under way.
///      4. Each round ends once, and one is under way at a time. The balance is the sum of stakes, credits, the pot, and
///         bond and reward of the round under way.
contract FederatedRounds is IFederatedRounds, Credits, EIP712 {
    using UpdateOpening for Opening;

    /// @notice keccak256 of the code that circomlibjs 0.1.7 generates for five elements.
    bytes32 public constant POSEIDON_CODE_HASH = 0xa8ed314c126cc96256257e54ee670ade6c4158d7aa8c770eba83bafb8cd3fddf;

    uint256 private constant MOST_MEMBERS = 10;
    /// @dev The circuit's; and so large an update can still be revealed in one transaction, of 2^24 gas (EIP-7825).
    uint256 private constant LARGEST = 4_096;
    /// @dev For so long a stake may be locked.
    uint256 private constant LONGEST_ROUND = 365 days;

    /// @inheritdoc IFederatedRounds
    IInferenceVerifier public immutable verifier;

    /// @inheritdoc IFederatedRounds
    IPoseidon5 public immutable poseidon;

    IModelRegistry private immutable _registry;
    uint256 private immutable _firstTag;

    /// @inheritdoc IFederatedRounds
    uint256 public weights;

    /// @inheritdoc IFederatedRounds
    uint256 public roundCount;

    /// @inheritdoc IFederatedRounds
    uint256 public pot;

    /// @inheritdoc IFederatedRounds
    mapping(address member => uint96) public stakeOf;

    /// @inheritdoc IFederatedRounds
    mapping(uint256 roundId => mapping(uint256 slot => uint256)) public updateOf;

    Terms private _terms;
    address[] private _members;
    /// @dev One more than the slot; 0 for others.
    mapping(address member => uint256) private _places;
    mapping(uint256 roundId => Round) private _rounds;

    /// @param verifier_ Where proofs are verified, for good.
    /// @param poseidon_ The code that circomlibjs generates, wherever it lies.
    /// @param members_ Who may take part, by slot; as many as the circuit has slots.
    constructor(IInferenceVerifier verifier_, IPoseidon5 poseidon_, Terms memory terms_, address[] memory members_)
        EIP712("FederatedRounds", "1")
    {
        (verifier, poseidon, _registry) = (verifier_, poseidon_, IModelRegistry(verifier_.registry()));
        IModelRegistry.VersionInfo memory info = _registry.infoOf(terms_.modelId, terms_.version);
        Sizes memory sizes = terms_.sizes;
        uint256 length =
            uint256(terms_.commitPeriod) + terms_.handoverPeriod + terms_.revealPeriod + terms_.provePeriod;
        if (
            info.status != IModelRegistry.VersionStatus.Active || info.inputSignals != members_.length + 1
                || info.outputSignals != 1 || members_.length == 0 || members_.length > MOST_MEMBERS
                || address(poseidon_).codehash != POSEIDON_CODE_HASH || sizes.size == 0 || sizes.size > LARGEST
                || sizes.updateBits == 0 || sizes.updateBits > 32 || terms_.coordinator == address(0)
                || terms_.stake == 0 || terms_.bond == 0 || terms_.dropPenalty > terms_.stake
                || terms_.commitPeriod == 0 || terms_.handoverPeriod == 0 || terms_.revealPeriod == 0
                || terms_.provePeriod == 0 || terms_.weights >= Bn254.R || length > LONGEST_ROUND
        ) revert TermsInvalid();
        for (uint256 i; i < members_.length; ++i) {
            if (members_[i] == address(0) || _places[members_[i]] != 0) revert TermsInvalid();
            _places[members_[i]] = i + 1;
        }
        _firstTag = UpdateOpening.firstTag(members_.length, sizes);
        (_terms, _members, weights) = (terms_, members_, terms_.weights);
    }

    /// @inheritdoc IFederatedRounds
    function join() external payable {
        _slotOf(msg.sender);
        uint96 due = _terms.stake - stakeOf[msg.sender];
        if (due == 0 || msg.value != due) revert WrongValue(due, msg.value);
        stakeOf[msg.sender] = _terms.stake;
        emit Joined(msg.sender, due);
    }

    /// @inheritdoc IFederatedRounds
    function resign() external {
        uint256 slot = _slotOf(msg.sender);
        (uint256 last, bool isOpen) = _last();
        if (isOpen && _has(_rounds[last].committed, slot)) revert StakeLocked(msg.sender);
        uint96 amount = stakeOf[msg.sender];
        if (amount == 0) revert StakeMissing(msg.sender);
        stakeOf[msg.sender] = 0;
        _credit(msg.sender, amount);
        emit Resigned(msg.sender, amount);
    }

    /// @inheritdoc IFederatedRounds
    function openRound() external payable returns (uint256 roundId) {
        _requireCoordinator();
        (uint256 last, bool isOpen) = _last();
        if (isOpen) revert RoundUnderWay(last);
        if (_isRevoked()) revert VersionRevoked();
        uint96 bond = _terms.bond;
        if (msg.value < bond || msg.value - bond > type(uint96).max) revert WrongValue(bond, msg.value);

        roundId = roundCount++;
        Round memory round;
        round.weights = weights;
        round.commitEnd = uint48(block.timestamp + _terms.commitPeriod);
        round.handoverEnd = round.commitEnd + _terms.handoverPeriod;
        round.revealEnd = round.handoverEnd + _terms.revealPeriod;
        round.proveEnd = round.revealEnd + _terms.provePeriod;
        round.status = Status.Open;
        round.reward = uint96(msg.value - bond);
        _rounds[roundId] = round;
        emit RoundOpened(roundId, round.weights, round.reward, round.commitEnd, round.proveEnd);
    }

    /// @inheritdoc IFederatedRounds
    function commitUpdate(uint256 roundId, uint256 commitment) external {
        uint256 slot = _slotOf(msg.sender);
        Round storage round = _openRound(roundId);
        if (block.timestamp > round.commitEnd) revert WrongPeriod(roundId);
        if (stakeOf[msg.sender] != _terms.stake) revert StakeMissing(msg.sender);
        if (_has(round.committed, slot)) revert AlreadyCommitted(roundId, slot);
        // A larger one is no public signal: the coordinator could prove no round that has it.
        if (commitment == 0 || commitment >= Bn254.R) revert CommitmentInvalid(commitment);
        round.committed |= _bit(slot);
        updateOf[roundId][slot] = commitment;
        emit UpdateCommitted(roundId, slot, commitment);
    }

    /// @inheritdoc IFederatedRounds
    function acknowledge(uint256 roundId, uint16 slots) external {
        _requireCoordinator();
        Round storage round = _openRound(roundId);
        if (block.timestamp <= round.commitEnd || block.timestamp > round.handoverEnd) revert WrongPeriod(roundId);
        uint16 strangers = slots & ~round.committed;
        if (strangers != 0) revert NotCommitted(roundId, LibBit.ffs(strangers));
        round.ready |= slots;
        emit UpdatesAcknowledged(roundId, slots);
    }

    /// @inheritdoc IFederatedRounds
    function reveal(uint256 roundId, uint256 slot, Opening calldata opening) external {
        Round storage round = _openRound(roundId);
        if (block.timestamp <= round.commitEnd || block.timestamp > round.revealEnd) revert WrongPeriod(roundId);
        if (_has(round.ready, slot)) revert AlreadyReady(roundId, slot);
        if (!_opens(round, roundId, slot, opening)) revert OpeningMismatch(roundId, slot);
        if (!opening.isWellFormed(_terms.sizes)) revert UpdateMalformed(roundId, slot);
        round.ready |= _bit(slot);
        emit UpdateRevealed(roundId, slot, opening);
    }

    /// @inheritdoc IFederatedRounds
    function reportMalformed(uint256 roundId, uint256 slot, Opening calldata opening) external {
        Round storage round = _openRound(roundId);
        if (block.timestamp <= round.commitEnd) revert WrongPeriod(roundId);
        if (!_opens(round, roundId, slot, opening)) revert OpeningMismatch(roundId, slot);
        if (opening.isWellFormed(_terms.sizes)) revert NothingToReport(roundId, slot);
        _slash(round, roundId, slot);
    }

    /// @inheritdoc IFederatedRounds
    function reportMismatch(uint256 roundId, uint256 slot, Opening calldata opening, bytes calldata signature)
        external
    {
        Round storage round = _openRound(roundId);
        if (block.timestamp <= round.commitEnd || block.timestamp > round.revealEnd) revert WrongPeriod(roundId);
        if (_opens(round, roundId, slot, opening)) revert NothingToReport(roundId, slot);
        bytes32 signed = handoverHash(roundId, updateOf[roundId][slot], opening);
        if (!SignatureChecker.isValidSignatureNowCalldata(_members[slot], signed, signature)) {
            revert SignatureInvalid();
        }
        _slash(round, roundId, slot);
    }

    /// @inheritdoc IFederatedRounds
    function settle(uint256 roundId, uint256 nextWeights, uint256[8] calldata proof) external {
        Round storage round = _openRound(roundId);
        (uint16 committed, uint16 ready) = (round.committed, round.ready);
        if (ready == 0) revert NothingToAverage(roundId);
        uint256 start = ready == committed ? round.commitEnd : round.revealEnd;
        if (block.timestamp <= start || block.timestamp > round.proveEnd) revert WrongPeriod(roundId);
        verifier.certify(
            _terms.modelId,
            _terms.version,
            IInferenceVerifier.Inference(proof, statementOf(roundId, nextWeights), address(this), roundId)
        );

        round.status = Status.Settled;
        weights = nextWeights;
        uint16 dropped = committed & ~ready;
        uint256 reward = round.reward + pot + _penalise(dropped);
        pot = _share(reward, ready);
        _credit(_terms.coordinator, _terms.bond);
        emit RoundSettled(roundId, nextWeights, ready, dropped, reward);
    }

    /// @inheritdoc IFederatedRounds
    function endRound(uint256 roundId) external {
        Round storage round = _openRound(roundId);
        bool isRevoked = _isRevoked();
        bool isLate = block.timestamp > round.proveEnd;
        bool isEmpty = (block.timestamp > round.commitEnd && round.committed == 0)
            || (block.timestamp > round.revealEnd && round.ready == 0);
        if (!isRevoked && !isLate && !isEmpty) revert RoundNotOver(roundId);

        bool isForfeited = !isRevoked && !isEmpty;
        round.status = isForfeited ? Status.Forfeited : Status.Void;
        _credit(_terms.coordinator, round.reward);
        if (isForfeited) pot += _share(_terms.bond, round.ready);
        else _credit(_terms.coordinator, _terms.bond);
        emit RoundEnded(roundId, round.status);
    }

    /// @inheritdoc IFederatedRounds
    function getRound(uint256 roundId) external view returns (Round memory) {
        return _rounds[roundId];
    }

    /// @inheritdoc IFederatedRounds
    function members() external view returns (address[] memory) {
        return _members;
    }

    /// @inheritdoc IFederatedRounds
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// @inheritdoc IFederatedRounds
    function handoverHash(uint256 roundId, uint256 commitment, Opening calldata opening)
        public
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(UpdateOpening.structHash(roundId, commitment, opening));
    }

    /// @inheritdoc IFederatedRounds
    function commitmentOf(uint256 weights_, uint256 slot, Opening calldata opening) public view returns (uint256) {
        if (!opening.isCanonical(_terms.sizes)) revert OpeningNotCanonical();
        return UpdateOpening.digest(poseidon, _firstTag + slot, weights_, opening);
    }

    /// @inheritdoc IFederatedRounds
    function statementOf(uint256 roundId, uint256 nextWeights) public view returns (uint256[] memory statement) {
        uint256 count = _members.length;
        uint16 ready = _rounds[roundId].ready;
        statement = new uint256[](count + 2);
        statement[0] = _rounds[roundId].weights;
        for (uint256 slot; slot < count; ++slot) {
            if (_has(ready, slot)) statement[slot + 1] = updateOf[roundId][slot];
        }
        statement[count + 1] = nextWeights;
    }

    /// @dev Whether the member's commitment in the round is to this opening.
    function _opens(Round storage round, uint256 roundId, uint256 slot, Opening calldata opening)
        private
        view
        returns (bool)
    {
        if (!_has(round.committed, slot)) revert NotCommitted(roundId, slot);
        return commitmentOf(round.weights, slot, opening) == updateOf[roundId][slot];
    }

    /// @dev The stake of who committed is complete: it does not leave before the round ends.
    function _slash(Round storage round, uint256 roundId, uint256 slot) private {
        address member = _members[slot];
        uint96 amount = stakeOf[member];
        stakeOf[member] = 0;
        pot += amount;
        round.committed &= ~_bit(slot);
        round.ready &= ~_bit(slot);
        round.slashed |= _bit(slot);
        emit MemberSlashed(roundId, slot, amount);
    }

    /// @dev Takes the penalty from the stakes of these members. @return taken The sum.
    function _penalise(uint16 slots) private returns (uint256 taken) {
        uint96 penalty = _terms.dropPenalty;
        for (uint256 slot; slots >> slot != 0; ++slot) {
            if (!_has(slots, slot)) continue;
            stakeOf[_members[slot]] -= penalty;
            taken += penalty;
        }
    }

    /// @dev Credits each of these members the same. @return rest What does not divide.
    function _share(uint256 amount, uint16 slots) private returns (uint256 rest) {
        uint256 count = LibBit.popCount(slots);
        uint256 each = amount / count;
        for (uint256 slot; slots >> slot != 0; ++slot) {
            if (_has(slots, slot)) _credit(_members[slot], each);
        }
        return amount - each * count;
    }

    function _slotOf(address member) private view returns (uint256) {
        uint256 place = _places[member];
        if (place == 0) revert NotMember(member);
        return place - 1;
    }

    function _requireCoordinator() private view {
        if (msg.sender != _terms.coordinator) revert NotCoordinator(msg.sender);
    }

    function _openRound(uint256 roundId) private view returns (Round storage round) {
        round = _rounds[roundId];
        if (round.status != Status.Open) revert RoundNotOpen(roundId);
    }

    /// @dev The last round, and whether it is under way.
    function _last() private view returns (uint256 roundId, bool isOpen) {
        if (roundCount == 0) return (0, false);
        roundId = roundCount - 1;
        isOpen = _rounds[roundId].status == Status.Open;
    }

    function _isRevoked() private view returns (bool) {
        return _registry.infoOf(_terms.modelId, _terms.version).status == IModelRegistry.VersionStatus.Revoked;
    }

    function _bit(uint256 slot) private pure returns (uint16) {
        return uint16(1 << slot);
    }

    /// @dev False of slots that no member has.
    function _has(uint16 slots, uint256 slot) private pure returns (bool) {
        return slot < MOST_MEMBERS && slots & _bit(slot) != 0;
    }
}
