// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IFamilyGovernor} from "./interfaces/IFamilyGovernor.sol";
import {IModelFamily} from "./interfaces/IModelFamily.sol";
import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";

/// @title Governor of families of models
/// @notice OpenZeppelin's Governor: votes of an ERC20Votes token at a snapshot, a quorum, a timelock. Its terms and its
///         timelock never change. It can propose anything, as any Governor; what may be adopted, the family decides.
contract FamilyGovernor is IFamilyGovernor, Governor, GovernorCountingSimple, GovernorVotes, GovernorTimelockControl {
    uint48 private immutable _votingDelay;
    uint32 private immutable _votingPeriod;
    uint256 private immutable _proposalThreshold;
    uint256 private immutable _quorumPercent;

    /// @param token_ The votes.
    /// @param timelock_ Must take this contract's proposals already.
    /// @param terms How votes go.
    constructor(IVotes token_, TimelockController timelock_, VoteTerms memory terms)
        Governor("FamilyGovernor")
        GovernorVotes(token_)
        GovernorTimelockControl(timelock_)
    {
        bool valid = terms.votingDelay != 0 && terms.votingPeriod != 0 && terms.quorumPercent != 0
            && terms.quorumPercent <= 100;
        if (!valid) revert VoteTermsInvalid();
        if (!timelock_.hasRole(timelock_.PROPOSER_ROLE(), address(this))) revert TimelockClosed(address(timelock_));
        _votingDelay = terms.votingDelay;
        _votingPeriod = terms.votingPeriod;
        _proposalThreshold = terms.proposalThreshold;
        _quorumPercent = terms.quorumPercent;
    }

    /// @inheritdoc IFamilyGovernor
    function proposeCandidate(
        IModelFamily family,
        IModelFamily.Candidate calldata candidate,
        string calldata description
    ) external returns (uint256 proposalId) {
        uint32 correct = family.check(candidate);
        IModelFamily.Rules memory rules = family.rules();
        address[] memory targets = new address[](1);
        targets[0] = address(family);
        bytes[] memory calldatas = new bytes[](1);
        calldatas[0] = abi.encodeCall(IModelFamily.adopt, (candidate));
        proposalId = propose(targets, new uint256[](1), calldatas, description);
        emit CandidateProposed(proposalId, family, candidate, rules.testSet, correct, rules.rows);
    }

    /// @inheritdoc GovernorTimelockControl
    /// @dev The timelock is fixed.
    function updateTimelock(TimelockController) public pure override {
        revert TermsFixed();
    }

    /// @notice Seconds from a proposal to its snapshot.
    function votingDelay() public view override returns (uint256) {
        return _votingDelay;
    }

    /// @notice Seconds of a vote.
    function votingPeriod() public view override returns (uint256) {
        return _votingPeriod;
    }

    /// @notice Votes that a proposer needs.
    function proposalThreshold() public view override returns (uint256) {
        return _proposalThreshold;
    }

    /// @notice Votes for and abstentions that a proposal needs, of all votes at its snapshot; rounded up.
    function quorum(uint256 timepoint) public view override returns (uint256) {
        return (token().getPastTotalSupply(timepoint) * _quorumPercent + 99) / 100;
    }

    /// @inheritdoc GovernorTimelockControl
    function state(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockControl)
        returns (ProposalState)
    {
        return super.state(proposalId);
    }

    /// @inheritdoc GovernorTimelockControl
    function proposalNeedsQueuing(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockControl)
        returns (bool)
    {
        return super.proposalNeedsQueuing(proposalId);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }
}
