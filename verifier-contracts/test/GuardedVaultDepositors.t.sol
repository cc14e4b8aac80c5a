// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GuardedVault} from "../src/GuardedVault.sol";
import {IGuardedVault} from "../src/interfaces/IGuardedVault.sol";
import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {HostileStrategy} from "./utils/HostileStrategy.sol";
import {HostileVault} from "./utils/HostileVault.sol";
import {VerifierDouble} from "./utils/VerifierDouble.sol";
import {vm} from "./utils/Vm.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";

/// @title What depositors get, whatever strategies do
contract GuardedVaultDepositorsTest is HostileVault {
    function test_redeemsAPartOfEverything() public {
        uint256 shares = vault.balanceOf(alice);
        assertNear(vault.previewRedeem(shares), 600 * UNIT, "preview");
        uint256 assets = redeem(alice, shares);
        assertNear(assets, 600 * UNIT, "all of hers");
        assertEq(token.balanceOf(alice), assets, "paid");
        assertNear(vault.positionIn(0).shares, 100 * UNIT, "two fifths stay");
        assertNear(vault.positionIn(1).cost, 100 * UNIT, "cost");
        assertNear(token.balanceOf(address(vault)), 200 * UNIT, "idle");
    }

    function test_redeemsByAllowance() public {
        uint256 shares = vault.balanceOf(alice);
        vm.expectRevert();
        vm.prank(bob);
        vault.redeem(shares, bob, alice);
        vm.prank(alice);
        vault.approve(bob, shares);
        vm.prank(bob);
        assertNear(vault.redeem(shares, bob, alice), 600 * UNIT, "paid");
        assertNear(token.balanceOf(bob), 600 * UNIT, "to the receiver");
    }

    function test_redeemsNoMoreThanThereIs() public {
        uint256 shares = vault.balanceOf(alice);
        vm.expectRevert(abi.encodeWithSelector(ERC4626.ERC4626ExceededMaxRedeem.selector, alice, shares + 1, shares));
        redeem(alice, shares + 1);
    }

    function test_withdrawIsOff() public {
        assertEq(vault.maxWithdraw(alice), 0, "max");
        vm.expectRevert(abi.encodeWithSelector(ERC4626.ERC4626ExceededMaxWithdraw.selector, alice, 1, 0));
        vm.prank(alice);
        vault.withdraw(1, alice, alice);
    }

    function test_mints() public {
        token.mint(bob, 100 * UNIT);
        vm.startPrank(bob);
        token.approve(address(vault), 100 * UNIT);
        assertEq(vault.mint(1e6 * 50 * UNIT, bob), 50 * UNIT, "price");
        vm.expectRevert(abi.encodeWithSelector(IGuardedVault.SharesTooFew.selector, 1e6 * 50 * UNIT, 1e6 * 51 * UNIT));
        vault.deposit(50 * UNIT, bob, 1e6 * 51 * UNIT);
        assertEq(vault.deposit(50 * UNIT, bob, 1e6 * 50 * UNIT), 1e6 * 50 * UNIT, "shares");
        vm.stopPrank();
    }

    /// @dev Gains and losses are everybody's in proportion.
    function test_sharesGainsAndLosses() public {
        shift(1, 800);
        later(1 days);
        vault.observe();
        assertNear(redeem(alice, vault.balanceOf(alice)), 612 * UNIT, "gain");
        shift(1, -900);
        assertNear(redeem(bob, vault.balanceOf(bob)), 300 * UNIT + 100 * UNIT * 108 / 100 * 91 / 100, "loss");
    }

    function test_leavesWhileStopped() public {
        shift(1, -6000);
        later(1 days);
        vault.observe();
        assertTrue(vault.stoppedUntil() != 0, "stopped");
        assertNear(redeem(alice, vault.balanceOf(alice)), 510 * UNIT, "her part");
        vm.expectRevert(abi.encodeWithSelector(ERC4626.ERC4626ExceededMaxDeposit.selector, mallory, UNIT, 0));
        vm.prank(mallory);
        vault.deposit(UNIT, mallory);
    }

    function test_attackStrategyThatReverts() public {
        leavesInKind(HostileStrategy.Mode.Reverts);
    }

    function test_attackStrategyThatBurnsAllGas() public {
        uint256 before = gasleft();
        leavesInKind(HostileStrategy.Mode.BurnsGas);
        assertTrue(before - gasleft() < 12_000_000, "gas is bounded");
    }

    function test_attackStrategyThatGivesLess() public {
        leavesInKind(HostileStrategy.Mode.KeepsHalf);
    }

    function test_attackStrategyThatHidesItsPrice() public {
        leavesInKind(HostileStrategy.Mode.HidesPrice);
    }

    function test_attackStrategyThatFloodsMemory() public {
        leavesInKind(HostileStrategy.Mode.FloodsMemory);
    }

    /// @dev Not even its shares move: the claim stays, the rest is paid.
    function test_attackStrategyThatRefusesTransfers() public {
        hostile.setMode(HostileStrategy.Mode.RefusesTransfers);
        assertNear(redeem(alice, vault.balanceOf(alice)), 450 * UNIT, "the rest");
        vm.expectRevert();
        vm.prank(alice);
        vault.claim(0, alice);
        assertNear(vault.owed(0, alice), 150 * UNIT, "still owed");
        hostile.setMode(HostileStrategy.Mode.Honest);
        vm.prank(alice);
        vault.claim(0, alice);
    }

    function test_attackDoubleClaim() public {
        hostile.setMode(HostileStrategy.Mode.Reverts);
        redeem(alice, vault.balanceOf(alice));
        vm.startPrank(alice);
        vault.claim(0, alice);
        vm.expectRevert(abi.encodeWithSelector(IGuardedVault.NothingOwed.selector, 0, alice));
        vault.claim(0, alice);
        vm.stopPrank();
    }

    /// @dev Bob's part cannot be claimed, moved or redeemed by Alice: what is owed is off the books.
    function test_attackOwedSharesAreNotMoved() public {
        hostile.setMode(HostileStrategy.Mode.Reverts);
        redeem(alice, vault.balanceOf(alice));
        assertNear(vault.positionIn(0).shares, 100 * UNIT, "Bob's");
        hostile.setMode(HostileStrategy.Mode.Honest);
        assertNear(redeem(bob, vault.balanceOf(bob)), 400 * UNIT, "Bob's part");
        vm.prank(alice);
        assertNear(vault.claim(0, alice), 150 * UNIT, "Alice's part");
        assertNear(hostile.balanceOf(address(vault)), 0, "nothing is left");
    }

    /// @dev Starved of gas, a strategy looks as if it failed: the call reverts instead.
    function test_attackStarvedCall() public {
        uint256 shares = vault.balanceOf(alice);
        vm.prank(alice);
        (bool done, bytes memory reason) =
            address(vault).call{gas: 700_000}(abi.encodeCall(vault.redeem, (shares, alice, alice)));
        assertFalse(done, "refused");
        assertEq(bytes32(bytes4(reason)), bytes32(IInferenceOracle.InsufficientGas.selector), "for its gas");
        later(1 days);
        (done, reason) = address(vault).call{gas: 300_000}(abi.encodeCall(vault.observe, ()));
        assertFalse(done, "nor is a price taken for none");
        assertEq(bytes32(bytes4(reason)), bytes32(IInferenceOracle.InsufficientGas.selector), "for its gas");
    }

    /// @dev Everything that would help a strategy to call while it is called.
    function test_attackReentrantStrategy() public {
        bytes[] memory calls = new bytes[](10);
        calls[0] = abi.encodeWithSignature("deposit(uint256,address)", uint256(0), mallory);
        calls[1] = abi.encodeCall(vault.redeem, (0, mallory, mallory));
        calls[2] = abi.encodeCall(vault.execute, (targets(1000, 0, 0)));
        calls[3] = abi.encodeCall(vault.observe, ());
        calls[4] = abi.encodeCall(vault.retreat, (1));
        calls[5] = abi.encodeCall(vault.claim, (0, mallory));
        calls[6] = abi.encodeCall(vault.pull, (1, 1));
        calls[7] = abi.encodeCall(vault.totalAssets, ());
        calls[8] = abi.encodeWithSignature("previewRedeem(uint256)", uint256(1));
        calls[9] = abi.encodeCall(vault.push, (1, 1));
        hostile.reenterWith(address(vault), calls);
        later(1 days);
        vault.execute(targets(300, 250, 0));
        assertNear(redeem(alice, vault.balanceOf(alice)), 600 * UNIT, "her part");
        assertEq(hostile.succeeded(), 0, "nothing passed");
    }

    function test_attackStrategyThatTakesLess() public {
        expectFailed(HostileStrategy.Mode.TakesLess, 350);
    }

    function test_attackStrategyThatMintsLess() public {
        expectFailed(HostileStrategy.Mode.MintsLess, 350);
    }

    function test_attackStrategyThatGivesLessOnAMoveOut() public {
        expectFailed(HostileStrategy.Mode.KeepsHalf, 150);
    }

    function test_attackStrategyThatRevertsOnAMove() public {
        expectFailed(HostileStrategy.Mode.Reverts, 350);
        assertTrue(vault.positionIn(0).failedAt != 0, "noted");
        expectFailed(HostileStrategy.Mode.Reverts, 150);
    }

    /// @dev A broken strategy does not keep the others from moving.
    function test_attackHiddenPriceHoldsNothingUp() public {
        hostile.setMode(HostileStrategy.Mode.HidesPrice);
        later(1 days);
        vault.observe();
        (uint256 strategy,, uint256 amount) = vault.execute(targets(0, 50, 0));
        assertEq(strategy, 1, "the honest one");
        assertTrue(amount > 0, "moves out");
        assertEq(vault.maxDeposit(bob), 0, "nobody comes in");
    }

    /// @dev A lie about a price brings nobody in cheaply, and takes nothing from those who stay.
    function test_attackLieBelow() public {
        hostile.setLie(95, 100);
        uint256 shares = deposit(mallory, 1000 * UNIT);
        hostile.setLie(1, 1);
        assertTrue(redeem(mallory, shares) <= 1000 * UNIT, "no gain");
        hostile.setLie(1, 2);
        assertEq(vault.maxDeposit(mallory), 0, "refused from a tenth on");
    }

    /// @dev A lie above: who leaves gets the part that it is.
    function test_attackLieAbove() public {
        hostile.setLie(100, 1);
        assertNear(redeem(alice, vault.balanceOf(alice)), 450 * UNIT, "the rest");
        assertNear(vault.owed(0, alice), 150 * UNIT, "no more than her part");
        assertEq(vault.maxDeposit(mallory), 0, "nobody comes in");
        for (uint256 i; i < 4; ++i) {
            later(1 days);
            vault.observe();
        }
        assertEq(vault.positionIn(0).price, 1e24 * 14_641 / 10_000, "a tenth a day is believed");
        (,, uint256 amount) = vault.execute(targets(0, 0, 1000));
        assertEq(amount, 0, "it does not pay what it claims");
        (,, amount) = vault.execute(targets(0, 0, 1000));
        assertTrue(amount != 0 && amount <= 40 * UNIT + 1, "the whole is what was paid in");
    }

    /// @dev A price that can be no price is none.
    function test_attackAbsurdPrice() public {
        hostile.setLie(1e20, 1);
        assertNear(vault.totalAssets(), 750 * UNIT, "counts nothing");
        later(1 days);
        vault.observe();
        assertEq(vault.positionIn(0).price, 0.9e24, "and is a fall by the band");
    }

    /// @dev The strategy that an absurd price comes from has none of the money: then it matters to nobody.
    function test_brokenStrategyWithoutMoneyHoldsNothingUp() public {
        vault.execute(targets(150, 250, 0));
        later(1 days);
        vault.execute(targets(50, 250, 0));
        later(1 days);
        vault.execute(targets(0, 250, 0));
        assertEq(vault.positionIn(0).shares, 0, "out");
        hostile.setMode(HostileStrategy.Mode.BurnsGas);
        assertTrue(vault.maxDeposit(bob) > 0, "deposits");
        assertNear(redeem(alice, vault.balanceOf(alice)), 600 * UNIT, "redemptions");
        later(1 days);
        vault.execute(targets(1000, 300, 0));
    }

    /// @dev Whoever gives money away before the first deposit, to raise the price of a share, loses it.
    function test_attackInflation() public {
        GuardedVault fresh =
            new GuardedVault("Guarded vault", "GUARD", token, listed(), termsFor(address(new VerifierDouble())));
        vault = fresh;
        uint256 dust = deposit(mallory, 1);
        token.transfer(address(fresh), 1000 * UNIT);
        uint256 shares = deposit(alice, 100 * UNIT);
        assertTrue(fresh.previewRedeem(shares) > 99 * UNIT, "the victim has hers");
        assertTrue(redeem(mallory, dust) < 600 * UNIT, "the attacker paid 1000");
    }

    function test_attackTaxedAsset() public {
        token.mint(bob, UNIT);
        token.setTax(1);
        vm.startPrank(bob);
        token.approve(address(vault), UNIT);
        vm.expectRevert(IGuardedVault.AssetTaxed.selector);
        vault.deposit(UNIT, bob);
        vm.stopPrank();
    }

    /// @dev Coming and going at once earns nothing, whatever happened before.
    function testFuzz_roundTripEarnsNothing(uint96 amount, int16 change, int16 before) public {
        uint256 assets = uint256(amount) % (10_000 * UNIT) + 1;
        shift(1, int256(before) % 900);
        later(1 days);
        vault.observe();
        shift(1, int256(change) % 900);
        if (vault.maxDeposit(mallory) == 0) return;
        uint256 value = vault.previewRedeem(vault.balanceOf(alice));
        uint256 shares = deposit(mallory, assets);
        assertTrue(redeem(mallory, shares) <= assets, "no gain");
        assertTrue(vault.previewRedeem(vault.balanceOf(alice)) + 3 >= value, "nothing from Alice");
    }

    function leavesInKind(HostileStrategy.Mode mode) private {
        hostile.setMode(mode);
        uint256 shares = vault.balanceOf(alice);
        uint256 part = uint256(vault.positionIn(0).shares) * shares / (vault.totalSupply() + 1e6);
        vm.expectEmit(address(vault));
        emit IGuardedVault.Owed(0, alice, part);
        assertNear(redeem(alice, shares), 450 * UNIT, "the rest");
        assertNear(token.balanceOf(alice), 450 * UNIT, "paid");
        vm.expectEmit(address(vault));
        emit IGuardedVault.Claimed(0, alice, alice, part);
        vm.prank(alice);
        vault.claim(0, alice);
        assertNear(hostile.balanceOf(alice), 150 * UNIT, "in kind");
        assertNear(redeem(bob, vault.balanceOf(bob)), 300 * UNIT, "Bob's too");
    }

    /// @dev A move towards a target in thousandths fails, and nothing else happens; then another strategy has its turn.
    function expectFailed(HostileStrategy.Mode mode, int32 target) private {
        hostile.setMode(mode);
        uint256 idle = token.balanceOf(address(vault));
        (uint256 shares, uint256 round) = (vault.positionIn(0).shares, vault.round());
        int32 less = int32(int256(held(1) / UNIT)) - 10;
        IInferenceVerifier.Inference memory proof = targets(target, less, 0);
        vm.expectEmit(address(vault));
        emit IGuardedVault.Failed(round, 0, target > 250);
        (,, uint256 amount) = vault.execute(proof);
        assertEq(amount, 0, "nothing moved");
        assertEq(token.balanceOf(address(vault)), idle, "idle");
        assertEq(vault.positionIn(0).shares, shares, "position");
        assertEq(token.allowance(address(vault), address(hostile)), 0, "no allowance is left");
        assertEq(vault.round(), round + 1, "the proof is spent");
        (uint256 strategy,,) = vault.execute(targets(target, less, 0));
        assertEq(strategy, 1, "the next in turn");
        later(1 days);
    }
}
