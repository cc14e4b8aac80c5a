// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IGuardedVault} from "../src/interfaces/IGuardedVault.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {Vault} from "./utils/Vault.sol";
import {vm} from "./utils/Vm.sol";

/// @title Attacks on a vault, over a verifier that believes everything
contract GuardedVaultAttacksTest is Vault {
    uint256 private constant FUNDS = 1000 * UNIT;

    function setUp() public {
        doubled();
        deposit(alice, FUNDS);
        settle();
    }

    /// @dev One high price does not raise the mark: a fall from it is no fall.
    function test_attackPriceSpikeAsATrap() public {
        invest();
        uint256 mark = vault.mark();
        day(900, 900, 0);
        assertEq(vault.mark(), mark, "not by one");
        day(-826, -826, 0);
        assertEq(vault.stoppedUntil(), 0, "no stop");
        day(500, 500, 0);
        day(0, 0, 0);
        assertTrue(vault.mark() > mark, "by two");
    }

    function test_attackReplayedProof() public {
        IInferenceVerifier.Inference memory proof = targets(1000, 0, 0);
        vault.execute(proof);
        later(4 hours);
        vm.expectRevert(abi.encodeWithSelector(IGuardedVault.StaleRound.selector, vault.round(), vault.round() - 1));
        vault.execute(proof);
    }

    /// @dev A proof waits for no other prices.
    function test_attackStalePrices() public {
        IInferenceVerifier.Inference memory proof = targets(1000, 0, 0);
        day(-900, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IGuardedVault.StaleRound.selector, vault.round(), vault.round() - 1));
        vault.execute(proof);
    }

    function test_attackLyingAboutPrices() public {
        IInferenceVerifier.Inference memory proof = targets(1000, 0, 0);
        uint256 word = vault.features();
        for (uint256 bit; bit < 256; ++bit) {
            proof.statement[0] = word ^ (1 << bit);
            vm.expectRevert(abi.encodeWithSelector(IGuardedVault.StaleFeatures.selector, word, proof.statement[0]));
            vault.execute(proof);
        }
    }

    /// @dev Whoever copies the call makes the same move, and nothing goes to him.
    function test_attackCopiedCalldata() public {
        IInferenceVerifier.Inference memory proof = targets(1000, 0, 0);
        vm.prank(mallory);
        vault.execute(proof);
        assertEq(token.balanceOf(mallory), 0, "nothing for the copier");
        assertEq(held(0), 100 * UNIT, "the same move");
    }

    /// @dev Deposits, withdrawals and gifts make no proof stale.
    function test_attackStrangerMakesProofsStale() public {
        IInferenceVerifier.Inference memory proof = targets(0, 50, 0);
        deposit(mallory, 10 * UNIT);
        redeem(mallory, vault.balanceOf(mallory));
        token.transfer(address(vault), UNIT);
        shift(0, 10);
        later(12 hours);
        vault.execute(proof);
    }

    /// @dev Much money for a moment: the move is a tenth still, and what it uses up of the day is a tenth.
    function test_attackDepositForAMoment() public {
        deposit(mallory, 9 * FUNDS);
        vault.execute(targets(1000, 0, 0));
        redeem(mallory, vault.balanceOf(mallory));
        assertNear(held(0), FUNDS / 10, "a tenth of what is left");
        later(4 hours);
        (,, uint256 amount) = vault.execute(targets(1000, 0, 0));
        assertNear(amount, FUNDS / 10, "another tenth of the day");
    }

    /// @dev Prices talked up raise no limit: positions count at their cost.
    function test_attackInflatedWhole() public {
        invest();
        for (uint256 i; i < 3; ++i) {
            day(999, 999, 0);
        }
        later(1 days);
        (,, uint256 amount) = vault.execute(targets(0, 0, 1000));
        assertTrue(amount <= FUNDS / 10, "a tenth of what was paid in");
    }

    /// @dev A price pressed down before a move out: no more shares go than at the observed price.
    function test_attackMoveOutAtADip() public {
        invest();
        uint256 shares = vault.positionIn(0).shares;
        shift(0, -900);
        vault.execute(targets(0, 1000, 0));
        assertTrue(shares - vault.positionIn(0).shares <= shares / 4, "as many as before the dip");
    }

    /// @dev What has fallen is not filled up: it counts at its cost.
    function test_attackPouringIntoALoser() public {
        invest();
        (uint256 room,) = vault.roomOf(0);
        day(-400, 0, 0);
        (uint256 after_,) = vault.roomOf(0);
        assertTrue(after_ <= room, "no more room than before");
    }

    function test_attackFarPrice() public {
        shift(0, 1100);
        expectNothing(targets(1000, 0, 0));
        shift(0, -2100);
        expectNothing(targets(1000, 0, 0));
        vault.execute(targets(0, 1000, 0));
    }

    /// @dev The vault itself calls, and nobody else.
    function test_attackStrangerPullsOrPushes() public {
        invest();
        vm.expectRevert(abi.encodeWithSelector(IGuardedVault.NotSelf.selector, mallory));
        vm.prank(mallory);
        vault.pull(0, 1);
        vm.expectRevert(abi.encodeWithSelector(IGuardedVault.NotSelf.selector, mallory));
        vm.prank(mallory);
        vault.push(0, 1);
    }
}
