// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GuardianCouncil} from "../src/GuardianCouncil.sol";
import {ModelFamily} from "../src/ModelFamily.sol";
import {IGuardianCouncil} from "../src/interfaces/IGuardianCouncil.sol";
import {IModelFamily} from "../src/interfaces/IModelFamily.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {EvaluationsDouble} from "./utils/EvaluationsDouble.sol";
import {Governed} from "./utils/Governed.sol";
import {vm} from "./utils/Vm.sol";

/// @title What a family adopts, and what its guardians may
contract ModelFamilyTest is Governed {
    EvaluationsDouble private _said;

    function setUp() public override {
        super.setUp();
        _said = new EvaluationsDouble();
        say(CURRENT, 6);
        say(BETTER, 7);
        say(WORSE, 5);
        family = newFamily(_said);
        familyModel = family.modelId();
    }

    function test_theFirstVersionIsEvaluatedAsWell() public {
        EvaluationsDouble none = new EvaluationsDouble();
        IModelFamily.Candidate memory first = candidate(CURRENT);
        assertDeploymentReverts(
            "ModelFamily",
            abi.encode(registry, none, address(timelock), address(council), rules(), first),
            abi.encodeWithSelector(IModelFamily.NotEvaluated.selector, CURRENT, 1, testSetId())
        );
        assertCurrent(1, CURRENT);
        assertEq(registry.ownerOf(familyModel), address(family), "holder");
    }

    function test_itsContentHashIsWhatItSays() public view {
        assertEq(family.contentHashOf(BETTER, 1), candidate(BETTER).contentHash, "content");
        assertEq(family.check(candidate(BETTER)), 7, "correct");
        assertEq(family.rules().minimalCorrect, 3, "rules");
    }

    function test_aLossWithinTheAllowanceIsAdopted() public {
        assertEq(adopt(WORSE), 2, "5 of 8, where 6 of 8 are current");
        assertCurrent(2, WORSE);
    }

    function test_aGreaterLossIsRefused() public {
        say(WORSE, 4);
        refuse(WORSE, abi.encodeWithSelector(IModelFamily.NotGoodEnough.selector, 4, 5));
    }

    function test_lossesDoNotAddUpUnseen() public {
        adopt(WORSE); // now 5 are current
        say(BETTER, 3);
        refuse(BETTER, abi.encodeWithSelector(IModelFamily.NotGoodEnough.selector, 3, 4));
    }

    function test_belowTheMinimumIsRefused() public {
        say(BETTER, 2);
        refuse(BETTER, abi.encodeWithSelector(IModelFamily.NotGoodEnough.selector, 2, 3));
    }

    function test_staleEvaluation_ofAnotherVersionIsRefused() public {
        vm.prank(publisher);
        registry.publishVersion(BETTER, commitmentTo(keyOf("worse")), termsOf(1, 1), "");
        IModelFamily.Candidate memory second = IModelFamily.Candidate(BETTER, 2, family.contentHashOf(BETTER, 2));
        vm.prank(address(timelock));
        vm.expectRevert(abi.encodeWithSelector(IModelFamily.NotEvaluated.selector, BETTER, 2, testSetId()));
        family.adopt(second);
    }

    function test_staleEvaluation_onAnotherTestSetIsRefused() public {
        setTestSet("another");
        bytes memory reason =
            abi.encodeWithSelector(IModelFamily.NotEvaluated.selector, BETTER, 1, keccak256("another"));
        refuse(BETTER, reason);
    }

    function test_staleEvaluation_ofTheCurrentVersionIsRefused() public {
        setTestSet("another");
        _said.say(BETTER, 1, keccak256("another"), 8, 8);
        bytes memory reason =
            abi.encodeWithSelector(IModelFamily.NotEvaluated.selector, familyModel, 1, keccak256("another"));
        refuse(BETTER, reason);
        _said.say(familyModel, 1, keccak256("another"), 8, 8); // anyone proves it, under either name
        assertEq(adopt(BETTER), 2, "adopted");
    }

    function test_staleEvaluation_overFewerRowsIsRefused() public {
        _said.say(BETTER, 1, testSetId(), 7, 7);
        refuse(BETTER, abi.encodeWithSelector(IModelFamily.NotEvaluated.selector, BETTER, 1, testSetId()));
    }

    function test_staleVersion_deprecatedCandidatesAreRefused() public {
        setStatus(BETTER, IModelRegistry.VersionStatus.Deprecated);
        refuse(BETTER, abi.encodeWithSelector(IModelFamily.CandidateNotActive.selector, BETTER, 1));
    }

    function test_unknownCandidatesAreRefused() public {
        IModelFamily.Candidate memory unknown = IModelFamily.Candidate(BETTER, 9, 0);
        vm.prank(address(timelock));
        vm.expectRevert(abi.encodeWithSelector(IModelFamily.CandidateNotActive.selector, BETTER, 9));
        family.adopt(unknown);
    }

    function test_afterACeremonyNoDevelopmentKeyIsAdopted() public {
        IModelRegistry.VersionTerms memory terms = termsOf(1, 1);
        (terms.setup, terms.transcriptHash) = (IModelRegistry.SetupKind.Production, keccak256("transcript"));
        vm.prank(address(0x12));
        uint256 ceremony = registry.publishModel(commitmentTo(keyOf("better")), terms, "");
        say(ceremony, 7);
        IModelFamily.Candidate memory named = IModelFamily.Candidate(ceremony, 1, family.contentHashOf(ceremony, 1));
        vm.prank(address(timelock));
        family.adopt(named);
        refuse(WORSE, abi.encodeWithSelector(IModelFamily.DevelopmentCandidate.selector, WORSE, 1));
        vm.prank(address(timelock));
        family.adopt(named);
        object(3); // falls back on the ceremony's version
        (, IModelRegistry.VersionInfo memory info, bytes32 transcript) = registry.getVersion(familyModel, 4);
        assertEq(uint256(info.setup), uint256(IModelRegistry.SetupKind.Production), "setup");
        assertEq(transcript, keccak256("transcript"), "transcript");
    }

    function test_senselessRulesAreRefused() public {
        IModelFamily.Rules memory changed = rules();
        changed.minimalCorrect = 9;
        vm.prank(address(timelock));
        vm.expectRevert(IModelFamily.RulesInvalid.selector);
        family.setRules(changed);
        changed.minimalCorrect = 0;
        vm.prank(address(timelock));
        vm.expectRevert(IModelFamily.RulesInvalid.selector);
        family.setRules(changed);
    }

    function test_guardiansDeprecateAndThePredecessorComesBack() public {
        adopt(BETTER);
        vm.prank(bob);
        council.object(family, 2);
        assertCurrent(2, BETTER);
        vm.expectEmit(address(family));
        emit IModelFamily.VersionRestored(3, 1);
        vm.prank(carol);
        council.object(family, 2);
        assertStatus(2, IModelRegistry.VersionStatus.Deprecated);
        assertCurrent(3, CURRENT);
        assertEq(family.originOf(3).predecessor, 0, "nothing before it");
        assertTrue(verifier.verify(familyModel, 2, answerOf("better", 0)), "pinned requests are not stranded");
    }

    function test_withoutAPredecessorThereIsNoCurrentVersion() public {
        vm.prank(bob);
        council.object(family, 1);
        vm.expectEmit(address(family));
        emit IModelFamily.LeftWithoutVersion(1);
        vm.prank(carol);
        council.object(family, 1);
        vm.expectRevert(IModelFamily.NoCurrentVersion.selector);
        family.current();
        say(WORSE, 3); // nothing to compare with but the minimum
        assertEq(adopt(WORSE), 2, "a vote goes on");
        assertCurrent(2, WORSE);
        object(2);
        vm.expectRevert(IModelFamily.NoCurrentVersion.selector);
        family.current();
    }

    function test_aDeprecatedPredecessorDoesNotComeBack() public {
        adopt(BETTER);
        object(1);
        assertCurrent(2, BETTER);
        object(2);
        vm.expectRevert(IModelFamily.NoCurrentVersion.selector);
        family.current();
        assertEq(registry.currentVersion(familyModel), 2, "nothing was published");
    }

    function test_fallingBackTwice() public {
        adopt(BETTER);
        adopt(asGoodAsTheCurrent(WORSE));
        object(3);
        assertCurrent(4, BETTER);
        object(4);
        assertCurrent(5, CURRENT);
        object(5);
        vm.expectRevert(IModelFamily.NoCurrentVersion.selector);
        family.current();
    }

    function test_guardianOverreach_theyDeprecateAndNothingElse() public {
        adopt(BETTER);
        vm.startPrank(address(council));
        bytes[4] memory calls = [
            abi.encodeCall(IModelFamily.adopt, (candidate(WORSE))),
            abi.encodeCall(IModelFamily.retire, (1, IModelRegistry.VersionStatus.Revoked)),
            abi.encodeCall(IModelFamily.setGuardian, (bob)),
            abi.encodeCall(IModelFamily.setRules, (rules()))
        ];
        for (uint256 i; i < 4; ++i) {
            (bool done,) = address(family).call(calls[i]);
            assertFalse(done, "beyond their power");
        }
        vm.expectRevert(abi.encodeWithSignature("NotModelOwner(uint256,address)", familyModel, address(council)));
        registry.setVersionStatus(familyModel, 2, IModelRegistry.VersionStatus.Revoked);
        vm.stopPrank();
    }

    function test_guardianOverreach_whatIsDeprecatedStaysSo() public {
        adopt(BETTER);
        object(2);
        vm.prank(stranger);
        vm.expectRevert(
            abi.encodeWithSelector(
                IModelRegistry.StatusNotForward.selector,
                IModelRegistry.VersionStatus.Deprecated,
                IModelRegistry.VersionStatus.Deprecated
            )
        );
        council.object(family, 2);
        assertCurrent(3, CURRENT);
    }

    function test_guardianOverreach_oneAloneDoesNothing() public {
        vm.prank(bob);
        council.object(family, 1);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.AlreadyObjected.selector, bob));
        council.object(family, 1);
        vm.prank(bob);
        council.withdrawObjection(family, 1);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.NotObjected.selector, bob));
        council.withdrawObjection(family, 1);
        vm.prank(carol);
        council.object(family, 1);
        assertEq(council.objectionsTo(family, 1), 1, "one");
        assertCurrent(1, CURRENT);
    }

    function test_othersAreNoGuardians() public {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.NotMember.selector, alice));
        council.object(family, 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.NotMember.selector, alice));
        council.withdrawObjection(family, 1);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IModelFamily.NotGuardian.selector, bob));
        family.deprecate(1);
    }

    function test_governanceReplacesTheGuardian() public {
        vm.prank(address(timelock));
        family.setGuardian(alice);
        vm.prank(bob);
        council.object(family, 1);
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(IModelFamily.NotGuardian.selector, address(council)));
        council.object(family, 1);
        vm.prank(alice);
        family.deprecate(1);
        assertEq(family.guardian(), alice, "guardian");
    }

    function test_governanceRevokesAndFallsBackToo() public {
        adopt(BETTER);
        vm.prank(address(timelock));
        family.retire(2, IModelRegistry.VersionStatus.Revoked);
        assertStatus(2, IModelRegistry.VersionStatus.Revoked);
        assertCurrent(3, CURRENT);
        vm.prank(address(timelock));
        family.retire(1, IModelRegistry.VersionStatus.Revoked); // not the current one: nothing follows
        assertCurrent(3, CURRENT);
    }

    function test_councilsHaveDifferentMembersAndAQuorum() public {
        refuseCouncil(three(bob, carol, bob), 2);
        refuseCouncil(three(bob, carol, address(0)), 2);
        refuseCouncil(three(bob, carol, stranger), 4);
        refuseCouncil(three(bob, carol, stranger), 0);
        assertEq(council.quorum(), 2, "quorum");
        assertTrue(council.isMember(bob), "member");
    }

    function asGoodAsTheCurrent(uint256 modelId) private returns (uint256) {
        say(modelId, 6);
        return modelId;
    }

    function say(uint256 modelId, uint32 correct) private {
        _said.say(modelId, 1, testSetId(), correct, 8);
    }

    function setTestSet(string memory name) private {
        IModelFamily.Rules memory changed = rules();
        changed.testSet = keccak256(bytes(name));
        vm.prank(address(timelock));
        family.setRules(changed);
    }

    function adopt(uint256 modelId) private returns (uint32) {
        IModelFamily.Candidate memory named = candidate(modelId);
        vm.prank(address(timelock));
        return family.adopt(named);
    }

    function refuse(uint256 modelId, bytes memory reason) private {
        IModelFamily.Candidate memory named = candidate(modelId);
        vm.prank(address(timelock));
        vm.expectRevert(reason);
        family.adopt(named);
    }

    function refuseCouncil(address[] memory members, uint256 quorum) private {
        bytes memory reason = abi.encodeWithSelector(IGuardianCouncil.CouncilInvalid.selector);
        assertDeploymentReverts("GuardianCouncil", abi.encode(members, quorum), reason);
    }
}
