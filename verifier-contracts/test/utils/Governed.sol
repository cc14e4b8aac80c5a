// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {FamilyGovernor} from "../../src/FamilyGovernor.sol";
import {FamilyTimelock} from "../../src/FamilyTimelock.sol";
import {FamilyVotes} from "../../src/FamilyVotes.sol";
import {GuardianCouncil} from "../../src/GuardianCouncil.sol";
import {ModelFamily} from "../../src/ModelFamily.sol";
import {IEvaluations} from "../../src/interfaces/IEvaluations.sol";
import {IFamilyGovernor} from "../../src/interfaces/IFamilyGovernor.sol";
import {IModelFamily} from "../../src/interfaces/IModelFamily.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {Evaluated} from "./Evaluated.sol";
import {vm} from "./Vm.sol";

/// @title A family under government: its first version has the key that answers six of eight rows correctly
/// @notice Alice has 60 votes of 100, Bob 30, Carol 10; 40 are a quorum, and 10 may propose.
abstract contract Governed is Evaluated {
    /// @dev What a proposal does.
    struct Action {
        address target;
        bytes data;
    }

    address internal constant alice = address(0xa11ce);
    address internal constant bob = address(0xb0b);
    address internal constant carol = address(0xca01);
    address internal constant stranger = address(0x5712);
    uint48 internal constant VOTING_DELAY = 1 days;
    uint32 internal constant VOTING_PERIOD = 3 days;
    uint256 internal constant EXECUTION_DELAY = 2 days;
    /// @dev The addresses of the deployer's third and fourth contract: the governor is named before it is there.
    address internal constant governorAddress = 0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9;

    FamilyVotes internal votes;
    FamilyTimelock internal timelock;
    FamilyGovernor internal governor;
    GuardianCouncil internal council;
    ModelFamily internal family;
    uint256 internal familyModel;

    function setUp() public virtual override {
        super.setUp();
        votes = new FamilyVotes("Votes", "VOTE", three(alice, bob, carol), amounts());
        delegate(alice);
        delegate(bob);
        delegate(carol);
        startDeployment(2);
        timelock = new FamilyTimelock(EXECUTION_DELAY, governorAddress);
        vm.stopPrank();
        startDeployment(3);
        governor = new FamilyGovernor(votes, timelock, voteTerms());
        vm.stopPrank();
        assertEq(address(governor), governorAddress, "governor's address");
        council = new GuardianCouncil(three(bob, carol, stranger), 2);
        count(CURRENT, "current", 0, 8);
        family = newFamily(evaluations);
        familyModel = family.modelId();
        vm.warp(block.timestamp + 1); // votes are counted up to the second before a snapshot
    }

    function newFamily(IEvaluations by) internal returns (ModelFamily) {
        return new ModelFamily(registry, by, address(timelock), address(council), rules(), candidate(CURRENT));
    }

    function rules() internal view returns (IModelFamily.Rules memory) {
        return IModelFamily.Rules({testSet: testSetId(), rows: 8, minimalCorrect: 3, allowedLoss: 1});
    }

    function voteTerms() internal pure returns (IFamilyGovernor.VoteTerms memory) {
        return IFamilyGovernor.VoteTerms(VOTING_DELAY, VOTING_PERIOD, 10 ether, 40);
    }

    function three(address first, address second, address third) internal pure returns (address[] memory accounts) {
        accounts = new address[](3);
        (accounts[0], accounts[1], accounts[2]) = (first, second, third);
    }

    function amounts() internal pure returns (uint256[] memory values) {
        values = new uint256[](3);
        (values[0], values[1], values[2]) = (60 ether, 30 ether, 10 ether);
    }

    function delegate(address holder) internal {
        vm.prank(holder);
        votes.delegate(holder);
    }

    /// @dev Version 1 of a model, as it is published.
    function candidate(uint256 modelId) internal view returns (IModelFamily.Candidate memory named) {
        (named.modelId, named.version) = (modelId, 1);
        (, IModelRegistry.VersionInfo memory info,) = registry.getVersion(modelId, 1);
        IModelRegistry.VersionTerms memory terms;
        (terms.setup, terms.inputSignals, terms.outputSignals) = (info.setup, info.inputSignals, info.outputSignals);
        named.contentHash = keccak256(abi.encode(commitmentOf(modelId), terms));
    }

    function commitmentOf(uint256 modelId) private view returns (IModelRegistry.ModelCommitment memory commitment) {
        (commitment,,) = registry.getVersion(modelId, 1);
    }

    function adoption(uint256 modelId) internal view returns (Action memory) {
        return Action(address(family), abi.encodeCall(IModelFamily.adopt, (candidate(modelId))));
    }

    function propose(address by, Action memory action, string memory description) internal returns (uint256) {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = parts(action);
        vm.prank(by);
        return governor.propose(targets, values, calldatas, description);
    }

    function vote(address by, uint256 proposalId) internal {
        vm.prank(by);
        governor.castVote(proposalId, 1);
    }

    function queue(Action memory action, string memory description) internal {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = parts(action);
        governor.queue(targets, values, calldatas, keccak256(bytes(description)));
    }

    function execute(Action memory action, string memory description) public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = parts(action);
        governor.execute(targets, values, calldatas, keccak256(bytes(description)));
    }

    /// @dev Everything up to the second at which a proposal may be executed.
    function pass(Action memory action, string memory description) internal {
        uint256 proposalId = propose(alice, action, description);
        vm.warp(block.timestamp + VOTING_DELAY + 1);
        vote(alice, proposalId);
        vm.warp(block.timestamp + VOTING_PERIOD);
        queue(action, description);
        vm.warp(block.timestamp + EXECUTION_DELAY);
    }

    function enact(Action memory action, string memory description) internal {
        pass(action, description);
        execute(action, description);
    }

    function parts(Action memory action)
        internal
        pure
        returns (address[] memory targets, uint256[] memory values, bytes[] memory calldatas)
    {
        (targets, values, calldatas) = (new address[](1), new uint256[](1), new bytes[](1));
        (targets[0], calldatas[0]) = (action.target, action.data);
    }

    /// @dev What the council does when two of its three want it.
    function object(uint32 version) internal {
        vm.prank(bob);
        council.object(family, version);
        vm.prank(carol);
        council.object(family, version);
    }

    function assertCurrent(uint32 version, uint256 origin) internal view {
        (uint256 model, uint32 current) = family.current();
        assertEq(model, familyModel, "model");
        assertEq(current, version, "current version");
        assertEq(registry.currentVersion(familyModel), version, "the registry's current version");
        assertEq(family.originOf(version).modelId, origin, "origin");
        (IModelRegistry.ModelCommitment memory commitment,,) = registry.getVersion(familyModel, version);
        (IModelRegistry.ModelCommitment memory adopted,,) = registry.getVersion(origin, 1);
        assertEq(commitment.vkHash, adopted.vkHash, "key");
    }

    function assertStatus(uint32 version, IModelRegistry.VersionStatus status) internal view {
        assertEq(uint256(registry.infoOf(familyModel, version).status), uint256(status), "status");
    }
}
