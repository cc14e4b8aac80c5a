// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IFederatedRounds} from "../src/interfaces/IFederatedRounds.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Federation} from "./utils/Federation.sol";
import {vm} from "./utils/Vm.sol";

/// @title A member that is a contract, and calls back when it is paid
contract GreedyMember {
    IFederatedRounds private _rounds;
    uint256 public refused;

    constructor() payable {}

    function joinAndResign(IFederatedRounds rounds, uint96 stake) external {
        _rounds = rounds;
        _rounds.join{value: stake}();
        _rounds.resign();
    }

    function take() external {
        _rounds.withdraw(address(this));
    }

    receive() external payable {
        try _rounds.withdraw(address(this)) {}
        catch {
            refused++;
        }
    }
}

/// @title What strangers, members and coordinators may try
contract FederatedAttacksTest is Federation {
    function test_replay_aProofSettlesOneRound() public {
        start(3);
        acknowledge(7);
        settle("all");
        expectRefused(IFederatedRounds.RoundNotOpen.selector, "all");
        vm.warp(block.timestamp + 1 days);
        uint256 second = open();
        for (uint256 slot; slot < MEMBERS; ++slot) {
            vm.prank(member(slot));
            rounds.commitUpdate(second, commitment(slot));
        }
        vm.warp(block.timestamp + 1 hours + 1);
        vm.prank(coordinator);
        rounds.acknowledge(second, 7);
        (uint256 next, uint256[8] memory proof) = proven("all");
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        rounds.settle(second, next, proof);
    }

    function test_replay_aProofForAnotherRoundIsRefused() public {
        start(3);
        acknowledge(7);
        expectRefused(IERCZKMLVerifier.InvalidProof.selector, "otherRound");
    }

    function test_otherChain_itsProofIsRefused() public {
        start(3);
        acknowledge(7);
        expectRefused(IERCZKMLVerifier.InvalidProof.selector, "otherChain");
        vm.chainId(1);
        expectRefused(IERCZKMLVerifier.InvalidProof.selector, "all");
    }

    function test_otherContract_itsProofIsRefused() public {
        start(3);
        acknowledge(7);
        expectRefused(IERCZKMLVerifier.InvalidProof.selector, "otherContract");
    }

    function test_otherKey_itsProofIsRefused() public {
        start(3);
        acknowledge(7);
        expectRefused(IERCZKMLVerifier.InvalidProof.selector, "otherModel");
    }

    function test_copiedCalldata_paysTheSame() public {
        start(3);
        acknowledge(7);
        (uint256 next, uint256[8] memory proof) = proven("all");
        vm.prank(stranger);
        rounds.settle(0, next, proof);
        assertEq(rounds.creditOf(stranger), 0, "the copier gets nothing");
        assertCredits(REWARD / 3, REWARD / 3, REWARD / 3, BOND);
    }

    function test_rerandomisedProof_hasNoSecondEffect() public {
        start(3);
        acknowledge(7);
        settle("rerandomised");
        expectRefused(IFederatedRounds.RoundNotOpen.selector, "all");
    }

    function test_otherWeights_areRefused() public {
        start(3);
        acknowledge(7);
        (uint256 next, uint256[8] memory proof) = proven("all");
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        rounds.settle(0, next + 1, proof);
        vm.expectRevert(IInferenceVerifier.SignalOutOfField.selector);
        rounds.settle(0, next + R, proof);
    }

    function test_censorship_theCoordinatorCannotLeaveOutWhoIsReady() public {
        start(3);
        acknowledge(7);
        vm.warp(REVEAL_END + 1);
        expectRefused(IERCZKMLVerifier.InvalidProof.selector, "firstTwo");
        vm.warp(PROVE_END + 1);
        rounds.endRound(0);
        assertCredits(BOND / 3, BOND / 3, BOND / 3, REWARD);
    }

    function test_copiedCommitment_cannotBeOpenedInAnotherSlot() public {
        join();
        open();
        commit(1, commitment(0)); // front-runs the first member
        commit(0, commitment(0));
        vm.warp(COMMIT_END + 1);
        rounds.reveal(0, 0, opening(0));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.OpeningMismatch.selector, 0, 1));
        rounds.reveal(0, 1, opening(0));
        vm.warp(REVEAL_END + 1);
        settle("first");
        assertEq(rounds.stakeOf(member(1)), STAKE - PENALTY, "the copier is dropped");
    }

    function test_unprovableCommitment_isRefused() public {
        join();
        open();
        uint256[3] memory wrong = [0, R, commitment(0) + R];
        for (uint256 i; i < 3; ++i) {
            vm.prank(member(0));
            vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.CommitmentInvalid.selector, wrong[i]));
            rounds.commitUpdate(0, wrong[i]);
        }
    }

    function test_honestMember_isNotSlashedForItsOpening() public {
        start(1);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.NothingToReport.selector, 0, 0));
        rounds.reportMalformed(0, 0, opening(0));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.OpeningMismatch.selector, 0, 0));
        rounds.reportMalformed(0, 0, malformed());
        bytes memory signature = signed(1, opening(0), commitment(0));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.NothingToReport.selector, 0, 0));
        rounds.reportMismatch(0, 0, opening(0), signature);
    }

    /// @dev x and x + r hash to the same, but x + r does not fit its lanes.
    function test_honestMember_isNotSlashedForAnAliasOfItsOpening() public {
        start(1);
        for (uint256 part; part < 5; ++part) {
            IFederatedRounds.Opening memory alias_ = opening(0);
            if (part == 0) alias_.salt += R;
            if (part == 1) alias_.words[0] += R;
            if (part == 2) alias_.words[1] += R;
            if (part == 3) alias_.words = new uint256[](1);
            if (part == 4) {
                alias_.words = new uint256[](3); // a zero word more: the hash's padding
                (alias_.words[0], alias_.words[1]) = (opening(0).words[0], opening(0).words[1]);
            }
            vm.expectRevert(IFederatedRounds.OpeningNotCanonical.selector);
            rounds.reportMalformed(0, 0, alias_);
            vm.expectRevert(IFederatedRounds.OpeningNotCanonical.selector);
            rounds.reveal(0, 0, alias_);
            bytes memory signature = signed(1, alias_, commitment(0));
            vm.expectRevert(IFederatedRounds.OpeningNotCanonical.selector);
            rounds.reportMismatch(0, 0, alias_, signature);
        }
    }

    function test_honestMember_isNotSlashedBySignaturesOfOthersOrOfOtherCommitments() public {
        start(1);
        IFederatedRounds.Opening memory other = opening(1);
        bytes[3] memory signatures = [
            signed(2, other, commitment(0)), // another's key
            signed(1, other, commitment(1)), // of another commitment
            signed(1, opening(0), commitment(0)) // of another opening
        ];
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(IFederatedRounds.SignatureInvalid.selector);
            rounds.reportMismatch(0, 0, other, signatures[i]);
        }
        bytes memory elsewhere = signed(1, other, commitment(0));
        vm.chainId(1);
        vm.expectRevert(IFederatedRounds.SignatureInvalid.selector);
        rounds.reportMismatch(0, 0, other, elsewhere);
    }

    function test_doubleClaim_aMemberIsSlashedOnce() public {
        startMalformed();
        rounds.reportMalformed(0, 1, malformed());
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.NotCommitted.selector, 0, 1));
        rounds.reportMalformed(0, 1, malformed());
        assertEq(rounds.pot(), STAKE, "one stake");
    }

    function test_malformedUpdate_cannotBeMadeReadyByRevealing() public {
        startMalformed();
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.UpdateMalformed.selector, 0, 1));
        rounds.reveal(0, 1, malformed());
        vm.warp(COMMIT_END);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.WrongPeriod.selector, 0));
        rounds.reportMalformed(0, 1, malformed());
    }

    /// @dev Who wants to spoil a proof that is under way by having itself slashed comes too late.
    function test_spoiltProof_noHonestUpdateLeavesTheSetAfterTheRevealPeriod() public {
        start(3);
        acknowledge(7);
        IFederatedRounds.Opening memory other = opening(1);
        other.salt++;
        bytes memory signature = signed(2, other, commitment(1));
        vm.warp(REVEAL_END + 1);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.WrongPeriod.selector, 0));
        rounds.reportMismatch(0, 1, other, signature);
        vm.prank(member(1));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.StakeLocked.selector, member(1)));
        rounds.resign();
        settle("all");
    }

    function test_mismatch_isNotReportedBeforeTheHandover() public {
        join();
        open();
        commit(0, commitment(0));
        IFederatedRounds.Opening memory other = opening(1);
        bytes memory signature = signed(1, other, commitment(0));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.WrongPeriod.selector, 0));
        rounds.reportMismatch(0, 0, other, signature);
    }

    function test_frontRunReport_paysTheCopierNothing() public {
        startMalformed();
        vm.prank(stranger);
        rounds.reportMalformed(0, 1, malformed());
        assertEq(rounds.creditOf(stranger), 0, "the stake goes to the pot");
    }

    function test_allMalformed_theRoundIsVoidWithoutFault() public {
        join();
        open();
        commit(1, malformedCommitment());
        vm.warp(COMMIT_END + 1);
        acknowledge(2);
        vm.warp(PROVE_END + 1);
        rounds.reportMalformed(0, 1, malformed());
        rounds.endRound(0);
        assertStatus(IFederatedRounds.Status.Void);
        assertCredits(0, 0, 0, BOND + REWARD);
        assertEq(rounds.pot(), STAKE, "kept for the next round");
    }

    function test_revokedVersion_endsTheRoundWithoutFault() public {
        start(3);
        acknowledge(7);
        setStatus(IModelRegistry.VersionStatus.Revoked);
        expectRefused(IInferenceVerifier.VersionRefused_Revoked.selector, "all");
        rounds.endRound(0);
        assertStatus(IFederatedRounds.Status.Void);
        assertCredits(0, 0, 0, BOND + REWARD);
        vm.prank(coordinator);
        vm.expectRevert(IFederatedRounds.VersionRevoked.selector);
        rounds.openRound{value: BOND}();
        vm.prank(member(0));
        rounds.resign();
    }

    function test_deprecatedVersion_stillSettles() public {
        start(3);
        acknowledge(7);
        setStatus(IModelRegistry.VersionStatus.Deprecated);
        settle("all");
    }

    function test_doubleClaim_aRoundEndsOnce() public {
        start(3);
        acknowledge(7);
        vm.warp(PROVE_END + 1);
        rounds.endRound(0);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.RoundNotOpen.selector, 0));
        rounds.endRound(0);
        expectRefused(IFederatedRounds.RoundNotOpen.selector, "all");
    }

    function test_reentrancy_aWithdrawalPaysOnce() public {
        GreedyMember greedy = new GreedyMember{value: STAKE}();
        address[] memory all = members();
        all[0] = address(greedy);
        rounds = deploy(terms(), all);
        vm.prank(member(1));
        rounds.join{value: STAKE}();
        greedy.joinAndResign(rounds, STAKE);
        greedy.take();
        assertEq(address(greedy).balance, STAKE, "its own stake and no other's");
        assertEq(greedy.refused(), 1, "the second call found no credit");
    }

    function test_lockedStake_doesNotLeaveBeforeItIsDecided() public {
        start(1);
        vm.prank(member(0));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.StakeLocked.selector, member(0)));
        rounds.resign();
        acknowledge(1);
        settle("first");
        vm.prank(member(0));
        rounds.resign();
        assertEq(rounds.creditOf(member(0)), STAKE + REWARD, "stake and reward");
    }
}
