// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IGuardedVault} from "../src/interfaces/IGuardedVault.sol";
import {HostileStrategy} from "./utils/HostileStrategy.sol";
import {HostileVault} from "./utils/HostileVault.sol";
import {vm} from "./utils/Vm.sol";

/// @title What one strategy, or one depositor, can do to the rest of a vault
contract GuardedVaultStrategiesTest is HostileVault {
    /// @dev What one strategy says of itself keeps no money in another.
    function test_attackLieAboveSteersNoOther() public {
        hostile.setLie(100, 1);
        (uint256 strategy,, uint256 amount) = vault.execute(targets(0, 50, 0));
        assertEq(strategy, 0, "first out of the liar");
        assertEq(amount, 0, "who does not pay");
        bool into;
        (strategy, into, amount) = vault.execute(targets(0, 50, 0));
        assertEq(strategy, 1, "then out of the other");
        assertFalse(into, "out");
        assertEq(amount, 100 * UNIT, "as far as the limits allow");
    }

    /// @dev Nobody uses up the cool-down of all by a strategy that lets a unit out at a time.
    function test_attackRetreatByTrickles() public {
        shift(1, -6000);
        later(1 days);
        vault.observe();
        hostile.setMode(HostileStrategy.Mode.Trickles);
        (, uint256 room) = vault.roomOf(1);
        vm.expectRevert(abi.encodeWithSelector(IGuardedVault.RetreatTooSmall.selector, 1));
        vm.prank(mallory);
        vault.retreat(0);
        assertEq(vault.retreat(1), room, "the other first");
    }

    /// @dev A strategy whose exit costs more than the slippage is left in kind, and the preview says so.
    function test_previewIsNoMoreThanIsPaid() public {
        uint256 shares = vault.balanceOf(alice) / 3;
        hostile.setLie(1004, 1000);
        assertEq(vault.previewRedeem(shares), redeem(alice, shares), "within the slippage");
        hostile.setLie(102, 100);
        assertEq(vault.previewRedeem(shares), redeem(alice, shares), "beyond it");
        assertTrue(vault.owed(0, alice) != 0, "in kind");
        hostile.setLie(1, 1);
        hostile.setMode(HostileStrategy.Mode.Boasts);
        assertEq(vault.previewRedeem(shares), redeem(alice, shares), "more than there can be");
    }

    /// @dev Who comes with much and leaves at once gains nothing, and takes his part of each position with him: what he
    ///      came with stays idle. See "What it does not" in the vault's page.
    function test_comingAndGoingLeavesMoneyIdle() public {
        uint256 shares = deposit(mallory, 9 * FUNDS);
        assertTrue(redeem(mallory, shares) <= 9 * FUNDS, "no gain");
        assertNear(held(1), 25 * UNIT, "a tenth of what was invested");
        assertNear(token.balanceOf(address(vault)), 950 * UNIT, "the rest is idle");
        assertNear(vault.previewRedeem(vault.balanceOf(alice)), 600 * UNIT, "nobody lost anything");
    }

    /// @dev A share that a rounding left in a strategy, which then breaks, does not close the vault for good.
    function test_dustInABrokenStrategyHoldsNothingUp() public {
        redeem(alice, vault.balanceOf(alice));
        redeem(bob, vault.balanceOf(bob));
        assertEq(vault.positionIn(0).shares, 1, "dust");
        hostile.setMode(HostileStrategy.Mode.HidesPrice);
        assertEq(vault.maxDeposit(bob), 0, "worth a unit as observed");
        later(1 days);
        vault.observe();
        vm.warp(block.timestamp + 31 days);
        vault.observe();
        assertEq(vault.maxDeposit(bob), type(uint256).max, "worth nothing");
    }
}
