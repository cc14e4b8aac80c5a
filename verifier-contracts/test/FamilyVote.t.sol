// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {FamilyGovernor} from "../src/FamilyGovernor.sol";
import {FamilyTimelock} from "../src/FamilyTimelock.sol";
import {IFamilyGovernor} from "../src/interfaces/IFamilyGovernor.sol";
import {IModelFamily} from "../src/interfaces/IModelFamily.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Governed} from "./utils/Governed.sol";
import {vm} from "./utils/Vm.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @title Executes its own proposal again from within
contract Reentrant {
    bytes private _again;
    address private _governor;
    uint256 public calls;

    function prepare(address governor, bytes calldata again) external {
        (_governor, _again) = (governor, again);
    }

    function act() external {
        ++calls;
        (bool done, bytes memory reason) = _governor.call(_again);
        if (done) return;
        assembly {
            revert(add(reason, 32), mload(reason))
        }
    }
}

/// @title Versions change by vote, and by nothing else
contract FamilyVoteTest is Governed {
    string private constant WHY = "adopt the better one";

    function test_aVoteAdoptsAProvenCandidateAndConsumersFollow() public {
        assertCurrent(1, CURRENT);
        count(BETTER, "better", 0, 8);
        IModelFamily.Candidate memory better = candidate(BETTER);
        vm.prank(bob);
        uint256 proposalId = governor.proposeCandidate(family, better, WHY);
        vm.warp(block.timestamp + VOTING_DELAY + 1);
        vote(alice, proposalId);
        vm.warp(block.timestamp + VOTING_PERIOD);
        queue(adoption(BETTER), WHY);
        vm.warp(block.timestamp + EXECUTION_DELAY);
        vm.expectEmit(address(family));
        emit IModelFamily.VersionAdopted(2, BETTER, 1, 7);
        execute(adoption(BETTER), WHY);
        assertCurrent(2, BETTER);
        assertEq(family.originOf(2).predecessor, 1, "predecessor");
        assertTrue(verifier.verify(familyModel, 2, answerOf("better", 0)), "its proofs are the family's");
        assertStatus(1, IModelRegistry.VersionStatus.Active); // for those who pinned it
    }

    function test_theRegistrysOwnFunctionsAreTheFamilysAlone() public {
        bytes memory notOwner = abi.encodeWithSignature("NotModelOwner(uint256,address)", familyModel, alice);
        IModelRegistry.ModelCommitment memory commitment = commitmentTo(keyOf("better"));
        vm.prank(alice);
        vm.expectRevert(notOwner);
        registry.publishVersion(familyModel, commitment, termsOf(1, 1), "");
        vm.prank(alice);
        vm.expectRevert(notOwner);
        registry.updateModel(familyModel, commitment);
        vm.prank(alice);
        vm.expectRevert(notOwner);
        registry.setVersionStatus(familyModel, 1, IModelRegistry.VersionStatus.Revoked);
    }

    function test_onlyTheTimelockGoverns() public {
        bytes[4] memory calls = [
            abi.encodeCall(IModelFamily.adopt, (candidate(BETTER))),
            abi.encodeCall(IModelFamily.retire, (1, IModelRegistry.VersionStatus.Revoked)),
            abi.encodeCall(IModelFamily.setRules, (rules())),
            abi.encodeCall(IModelFamily.setGuardian, (alice))
        ];
        address[4] memory callers = [alice, address(governor), address(council), publisher];
        for (uint256 i; i < 4; ++i) {
            vm.prank(callers[i]);
            (bool done, bytes memory reason) = address(family).call(calls[i]);
            assertFalse(done, "refused");
            assertEq(reason, abi.encodeWithSelector(IModelFamily.NotGovernance.selector, callers[i]), "reason");
        }
    }

    function test_nobodyElseSchedulesNorAdministersTheTimelock() public {
        bytes memory data = abi.encodeCall(IModelFamily.setGuardian, (alice));
        vm.prank(deployer);
        vm.expectRevert();
        timelock.schedule(address(family), 0, data, 0, 0, EXECUTION_DELAY);
        bytes32 proposer = timelock.PROPOSER_ROLE();
        vm.prank(deployer);
        vm.expectRevert();
        timelock.grantRole(proposer, deployer);
        assertFalse(timelock.hasRole(0, deployer), "no administrator");
        assertTrue(timelock.hasRole(0, address(timelock)), "but itself");
    }

    function test_flashLoan_votesAfterTheSnapshotCountForNothing() public {
        count(BETTER, "better", 0, 8);
        uint256 proposalId = propose(bob, adoption(BETTER), WHY);
        vm.warp(block.timestamp + VOTING_DELAY + 1);
        vm.prank(alice); // lends all she has, in the very block of the vote
        votes.transfer(stranger, 60 ether);
        delegate(stranger);
        vote(stranger, proposalId);
        (, uint256 inFavour,) = governor.proposalVotes(proposalId);
        assertEq(inFavour, 0, "no votes at the snapshot");
        vm.prank(stranger);
        votes.transfer(alice, 60 ether);
        vm.warp(block.timestamp + VOTING_PERIOD);
        assertState(proposalId, IGovernor.ProposalState.Defeated);
    }

    function test_flashLoan_noProposalOnBorrowedVotes() public {
        vm.prank(alice);
        votes.transfer(stranger, 60 ether);
        delegate(stranger);
        IModelFamily.Candidate memory better = candidate(BETTER);
        count(BETTER, "better", 0, 8);
        vm.prank(stranger);
        vm.expectRevert(
            abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, stranger, 0, 10 ether)
        );
        governor.proposeCandidate(family, better, WHY);
    }

    function test_belowTheQuorumNothingPasses() public {
        uint256 proposalId = propose(bob, adoption(BETTER), WHY);
        vm.warp(block.timestamp + VOTING_DELAY + 1);
        vote(bob, proposalId);
        vm.warp(block.timestamp + VOTING_PERIOD);
        assertState(proposalId, IGovernor.ProposalState.Defeated);
        assertEq(governor.quorum(block.timestamp - 1), 40 ether, "quorum");
        Action memory action = adoption(BETTER);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = parts(action);
        vm.expectRevert();
        governor.queue(targets, values, calldatas, keccak256(bytes(WHY)));
    }

    function test_nothingIsExecutedBeforeTheDelay() public {
        count(BETTER, "better", 0, 8);
        pass(adoption(BETTER), WHY);
        vm.warp(block.timestamp - 1);
        expectRefusedExecution(adoption(BETTER));
        vm.warp(block.timestamp + 1);
        execute(adoption(BETTER), WHY);
    }

    function test_nothingIsExecutedWithoutBeingQueued() public {
        count(BETTER, "better", 0, 8);
        uint256 proposalId = propose(alice, adoption(BETTER), WHY);
        vm.warp(block.timestamp + VOTING_DELAY + 1);
        vote(alice, proposalId);
        vm.warp(block.timestamp + VOTING_PERIOD + EXECUTION_DELAY);
        expectRefusedExecution(adoption(BETTER));
    }

    function test_replay_aProposalIsExecutedOnce() public {
        count(BETTER, "better", 0, 8);
        enact(adoption(BETTER), WHY);
        expectRefusedExecution(adoption(BETTER));
        vm.expectRevert(); // the same words make the same proposal
        this.proposeExternally(WHY);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = parts(adoption(BETTER));
        bytes32 salt = bytes20(address(governor)) ^ keccak256(bytes(WHY));
        vm.expectRevert(); // nor past the governor
        timelock.executeBatch(targets, values, calldatas, 0, salt);
        assertCurrent(2, BETTER);
    }

    function test_aProposalWithoutEvaluationIsRefused() public {
        IModelFamily.Candidate memory better = candidate(BETTER);
        bytes memory reason = abi.encodeWithSelector(IModelFamily.NotEvaluated.selector, BETTER, 1, testSetId());
        vm.prank(alice);
        vm.expectRevert(reason);
        governor.proposeCandidate(family, better, WHY);
        Action memory action = adoption(BETTER); // as any call to anything, it can be proposed
        pass(action, WHY);
        vm.expectRevert(reason);
        this.execute(action, WHY);
        count(BETTER, "better", 0, 8); // proven late, but proven
        execute(adoption(BETTER), WHY);
        assertCurrent(2, BETTER);
    }

    function test_aRevokedCandidateIsRefused() public {
        count(BETTER, "better", 0, 8);
        Action memory action = adoption(BETTER);
        pass(action, WHY);
        setStatus(BETTER, IModelRegistry.VersionStatus.Revoked);
        vm.expectRevert(abi.encodeWithSelector(IModelFamily.CandidateNotActive.selector, BETTER, 1));
        this.execute(action, WHY);
        assertCurrent(1, CURRENT);
    }

    function test_itsOwnerHasNoSayAfterTheAdoption() public {
        count(BETTER, "better", 0, 8);
        enact(adoption(BETTER), WHY);
        setStatus(BETTER, IModelRegistry.VersionStatus.Revoked);
        assertCurrent(2, BETTER);
        assertTrue(verifier.verify(familyModel, 2, answerOf("better", 1)), "still accepted");
    }

    function test_frontRun_theNumberGoesToAnotherButNotTheVote() public {
        IModelFamily.Candidate memory meant = candidate(BETTER);
        meant.modelId = registry.modelCount() + 1; // what its owner is about to publish
        uint256 taken = publish("worse"); // somebody is quicker
        assertEq(taken, meant.modelId, "took the number");
        count(taken, "worse", 0, 8);
        bytes memory reason = abi.encodeWithSelector(IModelFamily.CandidateChanged.selector, taken, 1);
        vm.prank(alice);
        vm.expectRevert(reason);
        governor.proposeCandidate(family, meant, WHY);
        Action memory action = Action(address(family), abi.encodeCall(IModelFamily.adopt, (meant)));
        pass(action, WHY);
        vm.expectRevert(reason);
        this.execute(action, WHY);
    }

    /// @dev Whoever copies a proposal out of a pending transaction becomes its proposer, and could cancel it.
    function test_frontRun_aProposalThatNamesItsProposerIsNotCopied() public {
        count(BETTER, "better", 0, 8);
        string memory named = string.concat(WHY, "#proposer=", Strings.toHexString(alice));
        IModelFamily.Candidate memory meant = candidate(BETTER);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, bob));
        governor.proposeCandidate(family, meant, named);
        vm.prank(alice);
        assertState(governor.proposeCandidate(family, meant, named), IGovernor.ProposalState.Pending);
    }

    function test_reentrancy_aProposalCannotExecuteItselfFromWithin() public {
        Reentrant reentrant = new Reentrant();
        Action memory action = Action(address(reentrant), abi.encodeCall(Reentrant.act, ()));
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = parts(action);
        bytes memory again = abi.encodeCall(IGovernor.execute, (targets, values, calldatas, keccak256(bytes(WHY))));
        reentrant.prepare(address(governor), again);
        pass(action, WHY);
        expectRefusedExecution(action);
        assertEq(reentrant.calls(), 0, "undone");
    }

    function test_otherChain_signedVotesAreRefused() public {
        (address voter, uint256 key) = (vm.addr(7), 7);
        uint256 proposalId = propose(alice, adoption(BETTER), WHY);
        vm.warp(block.timestamp + VOTING_DELAY + 1);
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("FamilyGovernor"),
                keccak256("1"),
                1,
                address(governor)
            )
        );
        bytes32 ballot = keccak256(abi.encode(governor.BALLOT_TYPEHASH(), proposalId, uint8(1), voter, 0));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, ballot)));
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, voter));
        governor.castVoteBySig(proposalId, 1, voter, abi.encodePacked(r, s, v));
    }

    function test_theTermsOfVotesAreFixed() public {
        Action memory action = Action(
            address(governor), abi.encodeCall(FamilyGovernor.updateTimelock, (TimelockController(payable(alice))))
        );
        pass(action, WHY);
        vm.expectRevert(IFamilyGovernor.TermsFixed.selector);
        this.execute(action, WHY);
        assertEq(governor.votingDelay(), VOTING_DELAY, "delay");
        assertEq(governor.votingPeriod(), VOTING_PERIOD, "period");
        assertEq(governor.proposalThreshold(), 10 ether, "threshold");
        assertTrue(governor.proposalNeedsQueuing(0), "queue");
        assertEq(governor.timelock(), address(timelock), "timelock");
    }

    function test_proposersCancelBeforeTheVote() public {
        uint256 proposalId = propose(alice, adoption(BETTER), WHY);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = parts(adoption(BETTER));
        vm.prank(alice);
        governor.cancel(targets, values, calldatas, keccak256(bytes(WHY)));
        assertState(proposalId, IGovernor.ProposalState.Canceled);
    }

    function test_senselessTermsAreRefused() public {
        refuseTerms(IFamilyGovernor.VoteTerms(0, 1, 0, 1));
        refuseTerms(IFamilyGovernor.VoteTerms(1, 0, 0, 1));
        refuseTerms(IFamilyGovernor.VoteTerms(1, 1, 0, 0));
        refuseTerms(IFamilyGovernor.VoteTerms(1, 1, 0, 101));
        // At another address than the timelock's proposer.
        assertDeploymentReverts(
            "FamilyGovernor",
            abi.encode(votes, timelock, voteTerms()),
            abi.encodeWithSelector(IFamilyGovernor.TimelockClosed.selector, address(timelock))
        );
    }

    function test_votesCountInSeconds() public {
        assertEq(votes.clock(), block.timestamp, "clock");
        assertEq(bytes(votes.CLOCK_MODE()), "mode=timestamp", "mode");
        assertEq(votes.nonces(alice), 0, "nonces");
        assertTrue(governor.supportsInterface(type(IGovernor).interfaceId), "IGovernor");
    }

    function proposeExternally(string calldata description) external {
        propose(alice, adoption(BETTER), description);
    }

    function refuseTerms(IFamilyGovernor.VoteTerms memory terms) private {
        bytes memory reason = abi.encodeWithSelector(IFamilyGovernor.VoteTermsInvalid.selector);
        assertDeploymentReverts("FamilyGovernor", abi.encode(votes, timelock, terms), reason);
    }

    function expectRefusedExecution(Action memory action) private {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = parts(action);
        vm.expectRevert();
        governor.execute(targets, values, calldatas, keccak256(bytes(WHY)));
    }

    function assertState(uint256 proposalId, IGovernor.ProposalState expected) private view {
        assertEq(uint256(governor.state(proposalId)), uint256(expected), "state");
    }
}
