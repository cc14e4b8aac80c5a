// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ICredits} from "./ICredits.sol";
import {ILinkedEvaluations} from "./ILinkedEvaluations.sol";

/// @title Contests of models by proven accuracy
/// @notice An organiser commits to a test set and pays in the prize. Owners of models enter a version each, with a
///         stake, before anybody sees the rows; then the organiser reveals them on chain, and each entrant proves in
///         {ILinkedEvaluations} how many its version answers right. Who proves has the stake back; the best share the prize
///         and the stakes of those who did not.
/// @dev Deadlines: entries before `entryCloses`; the whole test set revealed from `entryCloses` to `revealBy`; scores up
///      to `proveBy`. All money is credits, withdrawn by their owners. There is no administrator.
interface IArena is ICredits {
    /// @notice What becomes of a contest. It leaves `Open` once.
    /// @dev Settled: the prize is shared. Void: nobody proved, everybody has back what is theirs. Forfeited: the test
    ///      set was not revealed in time, or too early; the entrants share the prize.
    enum Status {
        None,
        Open,
        Settled,
        Void,
        Forfeited
    }

    /// @notice What becomes of an entry. It leaves `Entered` once, or its stake is slashed where it never does.
    enum EntryStatus {
        None,
        Entered,
        Scored,
        Refunded
    }

    /// @notice The organiser's terms.
    /// @param testSet A published test set of which nothing is revealed.
    /// @param stake Each entrant's, in wei; at least 1.
    /// @param entryCloses Entries are accepted before, reveals count from then on; seconds since 1970.
    /// @param revealBy Up to then all must be revealed.
    /// @param proveBy Up to then scores are taken; at least an hour after `revealBy`.
    /// @param shares Of the fund, by place, in hundredths of a percent; 1 to 8, 10,000 in all, none zero.
    struct Terms {
        bytes32 testSet;
        uint96 stake;
        uint48 entryCloses;
        uint48 revealBy;
        uint48 proveBy;
        uint16[] shares;
    }

    /// @notice A contest.
    struct Contest {
        address organiser;
        uint48 entryCloses;
        uint48 revealBy;
        bytes32 testSet;
        uint96 prize;
        uint96 stake;
        uint48 proveBy;
        Status status;
        uint32 entries;
        uint32 scored;
        uint16[] shares;
    }

    /// @notice An entry.
    struct Entry {
        address entrant;
        uint32 version;
        EntryStatus status;
        uint256 modelId;
    }

    /// @notice A contest is open for entries.
    event ContestOpened(uint256 indexed contestId, address indexed organiser, uint96 prize, Terms terms);

    /// @notice A version was entered.
    event Entered(
        uint256 indexed contestId, uint256 indexed entryId, address indexed entrant, uint256 modelId, uint32 version
    );

    /// @notice A version's proven count is in the ranking.
    event Scored(uint256 indexed contestId, uint256 indexed entryId, uint32 correct);

    /// @notice A contest ended with its status; what each place earned is told by {Awarded}.
    event ContestEnded(uint256 indexed contestId, Status status);

    /// @notice A place was paid, as a credit.
    event Awarded(uint256 indexed contestId, uint256 place, uint256 indexed entryId, uint256 amount);

    /// @notice An entrant of a contest that was void or forfeited has its stake back, and its part of a forfeited prize.
    event Refunded(uint256 indexed contestId, uint256 indexed entryId, uint256 amount);

    /// @notice A deadline is not after the one before or more than a year ahead, or less than an hour is left to prove.
    error DeadlinesInvalid();

    /// @notice The shares are none, more than 8, not 10,000 in all, or one of them is zero.
    error SharesInvalid();

    /// @notice The stake or the prize is zero, or above 2^96 - 1 wei.
    error AmountInvalid();

    /// @notice The test set is not published, or some of it is revealed.
    error TestSetNotSecret(bytes32 testSet);

    /// @notice The contest does not take entries: it is none, over, past its time, or its test set is known.
    error EntryRefused(uint256 contestId);

    /// @notice The version is not the caller's, not active, of another architecture, or entered already.
    error VersionRefused(uint256 modelId, uint32 version);

    /// @notice What was sent is not the stake.
    error StakeWrong(uint256 expected, uint256 actual);

    /// @notice The entry cannot be scored: it is none, scored already, too late, not proven, or its version revoked; or
    ///         the test set was not revealed in its time.
    error NotScorable(uint256 contestId, uint256 entryId);

    /// @notice The contest cannot be ended so, now.
    error NotEndable(uint256 contestId);

    /// @notice The entry has nothing to be given back.
    error NotRefundable(uint256 contestId, uint256 entryId);

    /// @notice Opens a contest; what is sent is its prize.
    function open(Terms calldata terms) external payable returns (uint256 contestId);

    /// @notice Enters a version of the caller's, with the stake. One entry a version; ties go to the earlier one.
    function enter(uint256 contestId, uint256 modelId, uint32 version) external payable returns (uint256 entryId);

    /// @notice Takes an entry's proven count into the ranking, and credits its stake. Anyone may.
    function score(uint256 contestId, uint256 entryId) external;

    /// @notice After `proveBy`: credits the places, or the organiser where nobody proved. Anyone may.
    function settle(uint256 contestId) external;

    /// @notice Where the test set was not revealed in its time: the prize is the entrants', in equal parts, or goes back
    ///         where there are none. Anyone may, as soon as it is clear.
    function forfeit(uint256 contestId) external;

    /// @notice Credits an entrant of a void or forfeited contest. Anyone may.
    function refund(uint256 contestId, uint256 entryId) external;

    /// @notice Where accuracy is proven.
    function evaluations() external view returns (ILinkedEvaluations);

    /// @notice How many contests there are; ids count from 0.
    function contestCount() external view returns (uint256);

    /// @notice A contest's record; zero if there is none.
    function getContest(uint256 contestId) external view returns (Contest memory);

    /// @notice An entry's record; zero if there is none.
    function getEntry(uint256 contestId, uint256 entryId) external view returns (Entry memory);

    /// @notice The places so far, best first: entries and their counts. No more than there are shares.
    function ranking(uint256 contestId) external view returns (uint256[] memory entryIds, uint256[] memory correct);

    /// @notice Whether the whole test set was revealed within the contest's time.
    function isFairlyRevealed(uint256 contestId) external view returns (bool);
}
