// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Credits} from "./Credits.sol";
import {IArena} from "./interfaces/IArena.sol";
import {ILinkedEvaluations} from "./interfaces/ILinkedEvaluations.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @title Contests of models by proven accuracy
/// @dev See {IArena}. What makes it safe:
///      1. Entries close before a chunk may be revealed, and a version never changes: no entered model was trained on
///         rows that were public.
///      2. A score is what {ILinkedEvaluations} says is proven of the entered version; whoever hands it in, it is the entry's.
///      3. Each contest leaves `Open` once, each entry `Entered` once: the balance is the credits, and of open contests
///         prize and unscored stakes, of void and forfeited ones what is not refunded. Money is withdrawn, never pushed.
contract Arena is IArena, Credits {
    uint256 private constant LONGEST = 365 days;
    uint256 private constant SHORTEST_PROVING = 1 hours;
    uint256 private constant MOST_PLACES = 8;
    uint256 private constant WHOLE = 10_000;
    uint256 private constant ID_BITS = 32;

    /// @inheritdoc IArena
    ILinkedEvaluations public immutable evaluations;

    /// @inheritdoc IArena
    uint256 public contestCount;

    IModelRegistry private immutable _registry;
    mapping(uint256 contestId => Contest) private _contests;
    mapping(uint256 contestId => mapping(uint256 entryId => Entry)) private _entries;
    mapping(uint256 contestId => mapping(uint256 modelId => mapping(uint32 version => bool))) private _isEntered;
    /// @dev Best first: the count above, and below the complement of the entry, so that of a tie the earlier is larger.
    mapping(uint256 contestId => uint64[]) private _places;

    /// @param evaluations_ Where accuracy is proven, for good.
    constructor(ILinkedEvaluations evaluations_) {
        evaluations = evaluations_;
        _registry = evaluations_.registry();
    }

    /// @inheritdoc IArena
    function open(Terms calldata terms) external payable returns (uint256 contestId) {
        _checkTerms(terms);
        contestId = contestCount++;
        _contests[contestId] = Contest({
            organiser: msg.sender,
            entryCloses: terms.entryCloses,
            revealBy: terms.revealBy,
            testSet: terms.testSet,
            prize: uint96(msg.value),
            stake: terms.stake,
            proveBy: terms.proveBy,
            status: Status.Open,
            entries: 0,
            scored: 0,
            shares: terms.shares
        });
        emit ContestOpened(contestId, msg.sender, uint96(msg.value), terms);
    }

    /// @inheritdoc IArena
    function enter(uint256 contestId, uint256 modelId, uint32 version) external payable returns (uint256 entryId) {
        Contest storage contest = _contests[contestId];
        if (
            contest.status != Status.Open || block.timestamp >= contest.entryCloses
                || evaluations.getTestSet(contest.testSet).firstRevealedAt != 0
        ) revert EntryRefused(contestId);
        if (msg.value != contest.stake) revert StakeWrong(contest.stake, msg.value);
        bool usable = _registry.infoOf(modelId, version).status == IModelRegistry.VersionStatus.Active
            && IERC721(address(_registry)).ownerOf(modelId) == msg.sender && !_isEntered[contestId][modelId][version]
            && evaluations.isEvaluable(modelId, version, contest.testSet);
        if (!usable) revert VersionRefused(modelId, version);
        _isEntered[contestId][modelId][version] = true;
        entryId = contest.entries++;
        _entries[contestId][entryId] = Entry(msg.sender, version, EntryStatus.Entered, modelId);
        emit Entered(contestId, entryId, msg.sender, modelId, version);
    }

    /// @inheritdoc IArena
    function score(uint256 contestId, uint256 entryId) external {
        Contest storage contest = _contests[contestId];
        Entry storage entry = _entries[contestId][entryId];
        (uint256 modelId, uint32 version) = (entry.modelId, entry.version);
        (bool proven, uint32 correct,) = evaluations.evaluationOf(modelId, version, contest.testSet);
        bool scorable = contest.status == Status.Open && entry.status == EntryStatus.Entered && proven
            && block.timestamp <= contest.proveBy && isFairlyRevealed(contestId)
            && _registry.infoOf(modelId, version).status != IModelRegistry.VersionStatus.Revoked;
        if (!scorable) revert NotScorable(contestId, entryId);
        entry.status = EntryStatus.Scored;
        contest.scored += 1;
        _credit(entry.entrant, contest.stake);
        _place(_places[contestId], contest.shares.length, (uint64(correct) << uint64(ID_BITS)) | ~uint32(entryId));
        emit Scored(contestId, entryId, correct);
    }

    /// @inheritdoc IArena
    function settle(uint256 contestId) external {
        Contest storage contest = _contests[contestId];
        bool over = contest.status == Status.Open && block.timestamp > contest.proveBy && isFairlyRevealed(contestId);
        if (!over) revert NotEndable(contestId);
        if (contest.scored == 0) {
            contest.status = Status.Void;
            _credit(contest.organiser, contest.prize);
            emit ContestEnded(contestId, Status.Void);
            return;
        }
        contest.status = Status.Settled;
        emit ContestEnded(contestId, Status.Settled);
        uint256 fund = contest.prize + uint256(contest.stake) * (contest.entries - contest.scored);
        uint64[] memory places = _places[contestId];
        uint256 rest = fund;
        for (uint256 place = places.length - 1; place > 0; --place) {
            uint256 amount = fund * contest.shares[place] / WHOLE;
            rest -= amount;
            _award(contestId, place, _entryOf(places[place]), amount);
        }
        _award(contestId, 0, _entryOf(places[0]), rest); // and what rounding and empty places leave
    }

    /// @inheritdoc IArena
    function forfeit(uint256 contestId) external {
        Contest storage contest = _contests[contestId];
        uint256 first = evaluations.getTestSet(contest.testSet).firstRevealedAt;
        bool early = first != 0 && first < contest.entryCloses;
        bool late = block.timestamp > contest.revealBy && !isFairlyRevealed(contestId);
        if (contest.status != Status.Open || !(early || late)) revert NotEndable(contestId);
        contest.status = Status.Forfeited;
        if (contest.entries == 0) _credit(contest.organiser, contest.prize);
        emit ContestEnded(contestId, Status.Forfeited);
    }

    /// @inheritdoc IArena
    function refund(uint256 contestId, uint256 entryId) external {
        Contest storage contest = _contests[contestId];
        Entry storage entry = _entries[contestId][entryId];
        bool isForfeited = contest.status == Status.Forfeited;
        if (entry.status != EntryStatus.Entered || !(isForfeited || contest.status == Status.Void)) {
            revert NotRefundable(contestId, entryId);
        }
        entry.status = EntryStatus.Refunded;
        uint256 amount = contest.stake;
        if (isForfeited) {
            amount += contest.prize / contest.entries;
            if (entryId == 0) amount += contest.prize % contest.entries;
        }
        _credit(entry.entrant, amount);
        emit Refunded(contestId, entryId, amount);
    }

    /// @inheritdoc IArena
    function getContest(uint256 contestId) external view returns (Contest memory) {
        return _contests[contestId];
    }

    /// @inheritdoc IArena
    function getEntry(uint256 contestId, uint256 entryId) external view returns (Entry memory) {
        return _entries[contestId][entryId];
    }

    /// @inheritdoc IArena
    function ranking(uint256 contestId) external view returns (uint256[] memory entryIds, uint256[] memory correct) {
        uint64[] memory places = _places[contestId];
        (entryIds, correct) = (new uint256[](places.length), new uint256[](places.length));
        for (uint256 i; i < places.length; ++i) {
            (entryIds[i], correct[i]) = (_entryOf(places[i]), places[i] >> ID_BITS);
        }
    }

    /// @inheritdoc IArena
    function isFairlyRevealed(uint256 contestId) public view returns (bool) {
        Contest storage contest = _contests[contestId];
        ILinkedEvaluations.TestSet memory testSet = evaluations.getTestSet(contest.testSet);
        return testSet.chunks != 0 && testSet.revealedChunks == testSet.chunks
            && testSet.firstRevealedAt >= contest.entryCloses && testSet.lastRevealedAt <= contest.revealBy;
    }

    function _checkTerms(Terms calldata terms) private view {
        bool ordered = block.timestamp < terms.entryCloses && terms.entryCloses < terms.revealBy
            && terms.revealBy + SHORTEST_PROVING <= terms.proveBy && terms.proveBy <= block.timestamp + LONGEST;
        if (!ordered) revert DeadlinesInvalid();
        if (msg.value == 0 || msg.value > type(uint96).max || terms.stake == 0) revert AmountInvalid();
        uint256 sum;
        for (uint256 i; i < terms.shares.length; ++i) {
            if (terms.shares[i] == 0) revert SharesInvalid();
            sum += terms.shares[i];
        }
        if (terms.shares.length > MOST_PLACES || sum != WHOLE) revert SharesInvalid();
        ILinkedEvaluations.TestSet memory testSet = evaluations.getTestSet(terms.testSet);
        if (testSet.chunks == 0 || testSet.firstRevealedAt != 0) revert TestSetNotSecret(terms.testSet);
    }

    /// @dev Puts a key where it belongs, and drops what comes after the last place.
    function _place(uint64[] storage places, uint256 most, uint64 key) private {
        uint256 at = places.length;
        if (at < most) {
            places.push(key);
        } else if (places[--at] < key) {
            places[at] = key;
        } else {
            return;
        }
        for (; at > 0 && places[at - 1] < key; --at) {
            (places[at - 1], places[at]) = (key, places[at - 1]);
        }
    }

    function _award(uint256 contestId, uint256 place, uint256 entryId, uint256 amount) private {
        _credit(_entries[contestId][entryId].entrant, amount);
        emit Awarded(contestId, place, entryId, amount);
    }

    function _entryOf(uint64 key) private pure returns (uint256) {
        return ~uint32(key);
    }
}
