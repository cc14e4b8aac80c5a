// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IModelFamily} from "./IModelFamily.sol";

/// @title What a family's governor adds to OpenZeppelin's
interface IFamilyGovernor {
    /// @notice How votes go; fixed at deployment.
    /// @param votingDelay Seconds from a proposal to its snapshot of votes, and to the start of the vote; 1 at least.
    /// @param votingPeriod Seconds of the vote; 1 at least.
    /// @param proposalThreshold Votes that a proposer needs.
    /// @param quorumPercent Share of all votes at the snapshot that must be for or abstain, in percent: 1 to 100.
    struct VoteTerms {
        uint48 votingDelay;
        uint32 votingPeriod;
        uint256 proposalThreshold;
        uint256 quorumPercent;
    }

    /// @notice A candidate was proposed with its proven evaluation.
    event CandidateProposed(
        uint256 indexed proposalId,
        IModelFamily indexed family,
        IModelFamily.Candidate candidate,
        bytes32 testSet,
        uint32 correct,
        uint32 rows
    );

    /// @notice A vote without delay, period or quorum, or over more than all votes.
    error VoteTermsInvalid();

    /// @notice The timelock does not take this governor's proposals.
    error TimelockClosed(address timelock);

    /// @notice The terms of votes and the timelock are fixed.
    error TermsFixed();

    /// @notice Proposes that a family adopts a candidate, which must have all that it takes by now: otherwise this
    ///         reverts as {IModelFamily-adopt} would.
    /// @param family A family whose governance is this governor's timelock.
    /// @param candidate The candidate.
    /// @param description The proposal's text.
    function proposeCandidate(
        IModelFamily family,
        IModelFamily.Candidate calldata candidate,
        string calldata description
    ) external returns (uint256 proposalId);
}
