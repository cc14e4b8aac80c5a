// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {FederatedRounds} from "../src/FederatedRounds.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IFederatedRounds} from "../src/interfaces/IFederatedRounds.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {IPoseidon5} from "../src/interfaces/IPoseidon5.sol";
import {UpdateOpening} from "../src/libraries/UpdateOpening.sol";
import {Federation} from "./utils/Federation.sol";
import {vm} from "./utils/Vm.sol";

/// @title A round's course, with real proofs
contract FederatedRoundsTest is Federation {
    function test_aRoundIsProvenAndItsRewardShared() public {
        start(3);
        acknowledge(7);
        (uint256 next, uint256[8] memory proof) = proven("all");
        vm.expectEmit(address(rounds));
        emit IFederatedRounds.RoundSettled(0, next, 7, 0, REWARD);
        rounds.settle(0, next, proof);
        assertStatus(IFederatedRounds.Status.Settled);
        assertEq(rounds.weights(), next, "the next weights are current");
        assertCredits(REWARD / 3, REWARD / 3, REWARD / 3, BOND);
        assertEq(rounds.pot(), REWARD % 3, "what does not divide stays for the next round");
        uint256 before = coordinator.balance;
        vm.prank(coordinator);
        assertEq(rounds.withdraw(coordinator), BOND, "bond");
        assertEq(coordinator.balance - before, BOND, "paid out");
        assertEq(address(rounds).balance, 3 * STAKE + REWARD, "stakes and rewards stay");
    }

    function test_whoCommittedAndVanishedIsDroppedAndPaysThePenalty() public {
        start(3);
        acknowledge(3);
        vm.warp(REVEAL_END + 1);
        settle("firstTwo");
        assertCredits((REWARD + PENALTY) / 2, (REWARD + PENALTY) / 2, 0, BOND);
        assertEq(rounds.stakeOf(member(2)), STAKE - PENALTY, "penalty");

        uint256 second = open();
        vm.prank(member(2));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.StakeMissing.selector, member(2)));
        rounds.commitUpdate(second, 1);
        vm.prank(member(2));
        rounds.join{value: PENALTY}();
        vm.prank(member(2));
        rounds.commitUpdate(second, 1);
        assertEq(rounds.getRound(second).weights, rounds.weights(), "the second round starts from the first's end");
    }

    function test_whoWasNotAcknowledgedRevealsAndMustBeIncluded() public {
        start(3);
        acknowledge(3);
        vm.warp(REVEAL_END);
        vm.expectEmit(address(rounds));
        emit IFederatedRounds.UpdateRevealed(0, 2, opening(2));
        rounds.reveal(0, 2, opening(2));
        expectRefused(IERCZKMLVerifier.InvalidProof.selector, "firstTwo");
        settle("all");
        assertEq(rounds.creditOf(member(2)), REWARD / 3, "the censored member is paid");
    }

    function test_malformedUpdateIsSlashedAndTheRoundGoesOn() public {
        startMalformed();
        acknowledge(3);
        vm.warp(PROVE_END);
        vm.expectEmit(address(rounds));
        emit IFederatedRounds.MemberSlashed(0, 1, STAKE);
        rounds.reportMalformed(0, 1, malformed());
        assertEq(rounds.pot(), STAKE, "the stake goes to the pot");
        settle("first");
        assertCredits(REWARD + STAKE, 0, 0, BOND);
        IFederatedRounds.Round memory round = rounds.getRound(0);
        assertEq(round.slashed, 2, "slashed");
        assertEq(round.committed, 1, "committed");
    }

    function test_otherOpeningThanCommittedIsSlashedByItsSignature() public {
        start(3);
        IFederatedRounds.Opening memory other = opening(2);
        other.words[0] ^= 1;
        rounds.reportMismatch(0, 2, other, signed(3, other, commitment(2)));
        assertEq(rounds.stakeOf(member(2)), 0, "stake");
        acknowledge(3);
        settle("firstTwo");
        assertCredits((REWARD + STAKE) / 2, (REWARD + STAKE) / 2, 0, BOND);
    }

    function test_coordinatorThatProvesNothingForfeitsItsBond() public {
        start(3);
        acknowledge(1);
        rounds.reveal(0, 1, opening(1));
        vm.warp(PROVE_END);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.RoundNotOver.selector, 0));
        rounds.endRound(0);
        vm.warp(PROVE_END + 1);
        rounds.endRound(0);
        assertStatus(IFederatedRounds.Status.Forfeited);
        assertCredits(BOND / 2, BOND / 2, 0, REWARD);
        assertEq(rounds.weights(), base, "the weights stay");
        assertEq(rounds.stakeOf(member(2)), STAKE, "nobody pays a penalty in a round without a proof");
    }

    function test_roundWithoutCommitmentsIsVoidAtOnce() public {
        join();
        open();
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.RoundNotOver.selector, 0));
        rounds.endRound(0);
        vm.warp(COMMIT_END + 1);
        rounds.endRound(0);
        assertStatus(IFederatedRounds.Status.Void);
        assertCredits(0, 0, 0, BOND + REWARD);
    }

    function test_roundWithoutOpeningsIsVoidAfterTheRevealPeriod() public {
        start(2);
        vm.warp(REVEAL_END);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.RoundNotOver.selector, 0));
        rounds.endRound(0);
        vm.warp(PROVE_END + 1);
        (uint256 next, uint256[8] memory proof) = proven("all");
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.NothingToAverage.selector, 0));
        rounds.settle(0, next, proof);
        rounds.endRound(0);
        assertStatus(IFederatedRounds.Status.Void);
        assertCredits(0, 0, 0, BOND + REWARD);
    }

    function test_settlingWaitsForTheRevealPeriodUnlessAllAreReady() public {
        start(3);
        acknowledge(3);
        vm.warp(REVEAL_END);
        expectRefused(IFederatedRounds.WrongPeriod.selector, "firstTwo");
        vm.warp(PROVE_END);
        settle("firstTwo");
    }

    function test_proofIsTakenUntilItsPeriodEnds() public {
        start(3);
        acknowledge(7);
        vm.warp(PROVE_END + 1);
        expectRefused(IFederatedRounds.WrongPeriod.selector, "all");
    }

    function test_oneRoundAtATime() public {
        open();
        vm.prank(coordinator);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.RoundUnderWay.selector, 0));
        rounds.openRound{value: BOND}();
        vm.warp(COMMIT_END + 1);
        rounds.endRound(0);
        vm.prank(coordinator);
        assertEq(rounds.openRound{value: BOND}(), 1, "a round without reward");
    }

    function test_openingARound() public {
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.NotCoordinator.selector, address(this)));
        rounds.openRound();
        vm.prank(coordinator);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.WrongValue.selector, BOND, BOND - 1));
        rounds.openRound{value: BOND - 1}();
        uint256 tooMuch = uint256(BOND) + type(uint96).max + 1;
        vm.deal(coordinator, tooMuch);
        vm.prank(coordinator);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.WrongValue.selector, BOND, tooMuch));
        rounds.openRound{value: tooMuch}();
    }

    function test_stakes() public {
        vm.deal(stranger, 2 ether);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.NotMember.selector, stranger));
        rounds.join{value: STAKE}();
        vm.prank(member(0));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.WrongValue.selector, STAKE, STAKE - 1));
        rounds.join{value: STAKE - 1}();
        vm.prank(member(0));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.StakeMissing.selector, member(0)));
        rounds.resign();
        vm.prank(member(0));
        rounds.join{value: STAKE}();
        vm.prank(member(0));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.WrongValue.selector, 0, 0));
        rounds.join();
        open();
        vm.prank(member(0));
        rounds.resign();
        assertEq(rounds.creditOf(member(0)), STAKE, "credited");
        vm.prank(member(0));
        rounds.withdraw(stranger);
        assertEq(stranger.balance, 3 ether, "paid out");
    }

    function test_withdrawing() public {
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, address(this)));
        rounds.withdraw(address(this));
        vm.prank(member(0));
        rounds.join{value: STAKE}();
        vm.prank(member(0));
        rounds.resign();
        vm.prank(member(0));
        vm.expectRevert(abi.encodeWithSelector(ICredits.WithdrawalFailed.selector, address(this)));
        rounds.withdraw(address(this)); // takes no money
    }

    function test_committing() public {
        join();
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.NotMember.selector, address(this)));
        rounds.commitUpdate(0, 1);
        vm.prank(member(0));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.RoundNotOpen.selector, 0));
        rounds.commitUpdate(0, 1);
        open();
        vm.warp(COMMIT_END);
        commit(0, commitment(0));
        vm.prank(member(0));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.AlreadyCommitted.selector, 0, 0));
        rounds.commitUpdate(0, 1);
        vm.warp(COMMIT_END + 1);
        vm.prank(member(1));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.WrongPeriod.selector, 0));
        rounds.commitUpdate(0, 1);
    }

    function test_acknowledging() public {
        join();
        open();
        commit(0, commitment(0));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.NotCoordinator.selector, address(this)));
        rounds.acknowledge(0, 1);
        vm.prank(coordinator);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.WrongPeriod.selector, 0));
        rounds.acknowledge(0, 1);
        vm.warp(HANDOVER_END);
        vm.prank(coordinator);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.NotCommitted.selector, 0, 2));
        rounds.acknowledge(0, 5);
        acknowledge(1);
        vm.warp(HANDOVER_END + 1);
        vm.prank(coordinator);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.WrongPeriod.selector, 0));
        rounds.acknowledge(0, 1);
    }

    function test_revealing() public {
        join();
        open();
        commit(0, commitment(0));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.WrongPeriod.selector, 0));
        rounds.reveal(0, 0, opening(0));
        vm.warp(COMMIT_END + 1);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.NotCommitted.selector, 0, 1));
        rounds.reveal(0, 1, opening(1));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.NotCommitted.selector, 0, 256));
        rounds.reveal(0, 256, opening(0));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.OpeningMismatch.selector, 0, 0));
        rounds.reveal(0, 0, opening(1));
        rounds.reveal(0, 0, opening(0));
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.AlreadyReady.selector, 0, 0));
        rounds.reveal(0, 0, opening(0));
        vm.warp(REVEAL_END + 1);
        vm.expectRevert(abi.encodeWithSelector(IFederatedRounds.WrongPeriod.selector, 0));
        rounds.reveal(0, 0, opening(0));
    }

    function test_openingsOfAnyLengthAreHashedAsTheCircuitDoes() public view {
        for (uint256 slot; slot < MEMBERS; ++slot) {
            assertEq(rounds.commitmentOf(base, slot, opening(slot)), commitment(slot), "commitment");
        }
        assertEq(
            this.longDigest(_opening(".long")), vm.parseJsonUint(fixtures, ".long.commitment"), "three permutations"
        );
    }

    function longDigest(IFederatedRounds.Opening calldata opened) external view returns (uint256) {
        IFederatedRounds.Sizes memory sizes = terms().sizes;
        sizes.size = 100;
        assertTrue(UpdateOpening.isCanonical(opened, sizes), "canonical");
        assertTrue(UpdateOpening.isWellFormed(opened, sizes), "well-formed");
        return UpdateOpening.digest(poseidon, UpdateOpening.firstTag(MEMBERS, sizes) + 2, base, opened);
    }

    /// @dev Else the coordinator could leave out whose update is too large to be shown.
    function test_theLargestUpdateFitsIntoATransaction() public {
        IFederatedRounds.Terms memory largest = terms();
        largest.sizes.size = 4_096;
        largest.sizes.updateBits = 32;
        FederatedRounds large = deploy(largest, members());
        IFederatedRounds.Opening memory opened = IFederatedRounds.Opening(R - 1, new uint256[](586));
        for (uint256 i; i < 586; ++i) {
            opened.words[i] = (1 << 32) - 1;
        }
        uint256 before = gasleft();
        large.commitmentOf(base, 0, opened);
        // and the calldata, mostly nonzero in the worst case; storing and the event are small beside it
        assertTrue(before - gasleft() + 588 * 32 * 16 + 21_000 < 1 << 24, "gas");
    }

    function test_whatIsFixedCanBeRead() public view {
        assertEq(rounds.members().length, MEMBERS, "members");
        assertEq(abi.encode(rounds.terms()), abi.encode(terms()), "terms");
        assertEq(address(rounds.verifier()), address(verifier), "verifier");
        assertEq(address(rounds.poseidon()), address(poseidon), "poseidon");
    }

    function test_termsThatMakeNoSenseAreRefused() public {
        for (uint256 kind; kind < 19; ++kind) {
            IFederatedRounds.Terms memory wrong = terms();
            address[] memory all = members();
            IPoseidon5 hash = poseidon;
            if (kind == 0) wrong.version = 2;
            if (kind == 1) all = new address[](2);
            if (kind == 2) all[1] = all[0];
            if (kind == 3) all[2] = address(0);
            if (kind == 4) hash = IPoseidon5(address(registry));
            if (kind == 5) wrong.sizes.size = 0;
            if (kind == 6) wrong.sizes.updateBits = 0;
            if (kind == 7) wrong.sizes.updateBits = 33;
            if (kind == 8) wrong.coordinator = address(0);
            if (kind == 9) wrong.stake = 0;
            if (kind == 10) wrong.bond = 0;
            if (kind == 11) wrong.dropPenalty = STAKE + 1;
            if (kind == 12) wrong.commitPeriod = 0;
            if (kind == 13) wrong.handoverPeriod = 0;
            if (kind == 14) wrong.revealPeriod = 0;
            if (kind == 15) wrong.provePeriod = 0;
            if (kind == 16) wrong.weights = R;
            if (kind == 17) wrong.sizes.size = 4_097;
            if (kind == 18) wrong.provePeriod = 365 days; // stakes would be locked for longer than a year
            vm.expectRevert(IFederatedRounds.TermsInvalid.selector);
            this.create(hash, wrong, all);
        }
    }

    function test_circuitOfAnotherShapeIsRefused() public {
        IModelRegistry.VersionTerms memory shape = termsOf(uint16(MEMBERS + 1), 1);
        (shape.inputSignals, shape.outputSignals) = (3, 2);
        vm.prank(deployer);
        uint256 modelId = registry.publishModel(commitmentTo(key), shape, key);
        IFederatedRounds.Terms memory wrong = terms();
        wrong.modelId = modelId;
        vm.expectRevert(IFederatedRounds.TermsInvalid.selector);
        this.create(poseidon, wrong, members());
        this.create(poseidon, terms(), members());
    }

    /// @dev A call of its own: of a deployment that is expected to revert, forge would not go on.
    function create(IPoseidon5 hash, IFederatedRounds.Terms calldata terms_, address[] calldata all) external {
        new FederatedRounds(verifier, hash, terms_, all);
    }
}
