// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IGuardedVault} from "../src/interfaces/IGuardedVault.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {PriceWalk} from "../src/libraries/PriceWalk.sol";
import {Vault} from "./utils/Vault.sol";
import {vm} from "./utils/Vm.sol";

/// @title What a model may move, over a verifier that believes everything
contract GuardedVaultTest is Vault {
    uint256 private constant FUNDS = 1000 * UNIT;

    function setUp() public {
        doubled();
        deposit(alice, FUNDS);
        settle();
    }

    function test_movesTowardsTheTarget() public {
        uint256 round = vault.round();
        vm.expectEmit(address(vault));
        emit IGuardedVault.Moved(round, 1, true, 50 * UNIT);
        (uint256 strategy, bool into, uint256 amount) = vault.execute(targets(0, 50, 0));
        assertEq(strategy, 1, "strategy");
        assertTrue(into, "into");
        assertEq(amount, 50 * UNIT, "amount");
        assertEq(held(1), 50 * UNIT, "held");
        assertEq(vault.positionIn(1).cost, 50 * UNIT, "cost");
        assertEq(vault.round(), round + 1, "round");
        assertEq(vault.totalAssets(), FUNDS, "conserved");
        assertEq(token.allowance(address(vault), address(simulated[1])), 0, "no allowance is left");
    }

    function test_movesBackTowardsTheTarget() public {
        vault.execute(targets(0, 50, 0));
        later(4 hours);
        (uint256 strategy, bool into, uint256 amount) = vault.execute(targets(0, 20, 0));
        assertEq(strategy, 1, "strategy");
        assertFalse(into, "out");
        assertEq(amount, 30 * UNIT, "amount");
        assertEq(held(1), 20 * UNIT, "held");
        assertEq(vault.positionIn(1).cost, 20 * UNIT, "cost");
    }

    /// @dev The largest step that the limits allow, the lowest index of a tie.
    function test_choosesTheLargestAllowedMove() public {
        (uint256 strategy,,) = vault.execute(targets(60, 80, 70));
        assertEq(strategy, 1, "largest");
        later(4 hours);
        (strategy,,) = vault.execute(targets(1000, 80, 1000));
        assertEq(strategy, 0, "lowest of a tie");
    }

    /// @dev All in: a tenth a move, a quarter a day, two fifths at most.
    function test_allInIsCapped() public {
        uint256 first;
        uint256[3] memory expected = [uint256(100), 100, 50];
        for (uint256 i; i < 3; ++i) {
            (,, uint256 amount) = vault.execute(targets(1000, 0, 0));
            assertEq(amount, expected[i] * UNIT, "of the day");
            if (i == 0) first = vault.movedAt();
            later(4 hours);
        }
        expectNothing(targets(1000, 0, 0));
        vm.warp(first + 1 days - 1);
        expectNothing(targets(1000, 0, 0));
        vm.warp(first + 1 days);
        (,, uint256 next) = vault.execute(targets(1000, 0, 0));
        assertEq(next, 100 * UNIT, "when the first is a day old");
        vm.warp(first + 1 days + 4 hours);
        (,, uint256 last) = vault.execute(targets(1000, 0, 0));
        assertEq(last, 50 * UNIT, "up to two fifths");
        later(2 days);
        expectNothing(targets(1000, 0, 0));
        (uint256 strategy,,) = vault.execute(targets(1000, 0, 1000));
        assertEq(strategy, 2, "another has room");
    }

    function test_keepsTheReserve() public {
        for (uint256 i; i < 12; ++i) {
            try vault.execute(targets(1000, 1000, 1000)) {} catch {}
            later(12 hours);
        }
        assertEq(token.balanceOf(address(vault)), FUNDS / 10, "idle");
        expectNothing(targets(1000, 1000, 1000));
    }

    function test_waitsBetweenMoves() public {
        vault.execute(targets(0, 50, 0));
        uint256 from = block.timestamp + 4 hours;
        vm.warp(from - 1);
        IInferenceVerifier.Inference memory proof = targets(0, 20, 0);
        vm.expectRevert(abi.encodeWithSelector(IGuardedVault.TooEarly.selector, from));
        vault.execute(proof);
        assertEq(vault.movedAt(), from - 4 hours, "moved");
    }

    function test_targetsOutsideTheWhole() public {
        vault.execute(targets(50, 0, 0));
        later(1 days);
        (, bool into, uint256 amount) = vault.execute(targets(type(int32).min, -1, 0));
        assertFalse(into, "below nothing");
        assertEq(amount, 50 * UNIT, "all of it");
        later(1 days);
        (, into, amount) = vault.execute(targets(type(int32).max, 0, 0));
        assertTrue(into, "above the whole");
        assertEq(amount, 100 * UNIT, "as all in");
    }

    function test_featuresAreTheLastFourChanges() public {
        day(84, -164, 0);
        day(12, 0, 44);
        uint256 word = vault.features();
        assertEq(word & 0xff, 128 + 1, "strategy 0, the latest");
        assertEq(word >> 8 & 0xff, 128 + 10, "strategy 0, before");
        assertEq(word >> 16 & 0xffff, 0x8080, "strategy 0, quiet");
        assertEq(word >> 32 & 0xffff, uint256(128 - 20) << 8 | 128, "strategy 1");
        assertEq(word >> 64 & 0xffff, 128 << 8 | 128 + 5, "strategy 2");
        assertEq(word >> 96, 0, "no more");
        assertEq(vault.observations(), 6, "observations");
    }

    function test_changesAreCapped() public pure {
        assertEq(PriceWalk.push(0x80818283, 1000, 2000), 0x818283ff, "most");
        assertEq(PriceWalk.push(0x80818283, 1000, 500), 0x81828300, "least");
    }

    function test_observesOnceADay() public {
        uint256 from = vault.observedAt() + 1 days;
        vm.warp(from - 1);
        vm.expectRevert(abi.encodeWithSelector(IGuardedVault.TooEarly.selector, from));
        vault.observe();
        vm.warp(from);
        vault.observe();
    }

    function test_needsAHistory() public {
        doubled();
        deposit(alice, FUNDS);
        IInferenceVerifier.Inference memory proof;
        (proof.requester, proof.nonce) = (address(vault), 0);
        vm.expectRevert(abi.encodeWithSelector(IGuardedVault.HistoryTooShort.selector, 0));
        vault.execute(proof);
    }

    /// @dev A fall of a tenth: nothing goes in, money comes out without a proof, and the stop ends by time.
    function test_drawdownStops() public {
        invest();
        fall();
        uint256 until = block.timestamp + 30 days;
        assertEq(vault.stoppedUntil(), until, "stopped");
        assertEq(vault.maxDeposit(alice), 0, "takes no deposits");
        assertEq(vault.maxMint(alice), 0, "nor mints");
        expectNothing(targets(1000, 1000, 1000));
        (, bool into,) = vault.execute(targets(0, 1000, 1000));
        assertFalse(into, "a proof moves out");
        later(4 hours);
        uint256 left = held(1);
        vm.prank(mallory);
        uint256 amount = vault.retreat(1);
        assertEq(amount, left - held(1), "so does anyone");
        vm.warp(until - 1);
        vault.observe();
        assertEq(vault.stoppedUntil(), until, "still");
        vm.warp(until + 1 days);
        uint256 value = vault.shareValue();
        vm.expectEmit(address(vault));
        emit IGuardedVault.Resumed(value);
        vault.observe();
        assertEq(vault.stoppedUntil(), 0, "resumed");
        assertEq(vault.mark(), value, "a new mark");
        (, into,) = vault.execute(targets(1000, 1000, 1000));
        assertTrue(into, "into again");
    }

    /// @dev Before anyone observes the fall, it binds already.
    function test_unobservedDrawdownLetsNothingIn() public {
        invest();
        shift(0, -3500);
        assertEq(vault.stoppedUntil(), 0, "not stopped");
        expectNothing(targets(400, 1000, 1000));
    }

    function test_retreatNeedsAStop() public {
        invest();
        vm.expectRevert(IGuardedVault.NotStopped.selector);
        vault.retreat(0);
    }

    function test_retreatKeepsTheLimits() public {
        invest();
        fall();
        uint256 low = FUNDS * 1000 / 10_000;
        uint256 amount = vault.retreat(1);
        assertTrue(amount <= low, "a tenth at most");
        vm.expectRevert(abi.encodeWithSelector(IGuardedVault.TooEarly.selector, block.timestamp + 4 hours));
        vault.retreat(1);
        later(4 hours);
        vm.expectRevert(abi.encodeWithSelector(IGuardedVault.RetreatTooSmall.selector, 0));
        vault.retreat(2);
        redeem(alice, vault.balanceOf(alice));
        vm.expectRevert(IGuardedVault.NothingToMove.selector);
        vault.retreat(2);
    }

    /// @dev Whatever is proven, no limit is passed, from any state.
    /// forge-config: default.fuzz.runs = 400
    function testFuzz_noProofMovesMoreThanTheLimits(
        int32[6] calldata outputs,
        int16[6] calldata changes,
        uint16[6] calldata waits
    ) public {
        uint256[2] memory times;
        uint256[6] memory moved;
        uint256[6] memory movedAt;
        for (uint256 i; i < 6; ++i) {
            later(uint256(waits[i]));
            shift(i % 3, int256(changes[i]) % 1500);
            if (block.timestamp >= vault.observedAt() + 1 days) vault.observe();
            (uint256 most, uint256 total) = (basis(1000), vault.totalAssets());
            uint256[3] memory before = [held(0), held(1), held(2)];
            uint256 idle = token.balanceOf(address(vault));
            IInferenceVerifier.Inference memory proof =
                targets(outputs[i], outputs[(i + 1) % 6], outputs[(i + 2) % 6]);
            try vault.execute(proof) returns (uint256 k, bool into, uint256) {
                assertTrue(block.timestamp >= times[0] + 4 hours, "cool-down");
                times[0] = block.timestamp;
                uint256 left = token.balanceOf(address(vault));
                if (!into) continue;
                (moved[i], movedAt[i]) = ((idle - left) * 1e12 / total, block.timestamp);
                assertTrue(idle - left <= most, "a move");
                assertTrue(recent(moved, movedAt) <= 0.25e12, "24 hours");
                assertTrue(held(k) <= basis(4000) + 1, "in one strategy");
                assertTrue(held(k) > before[k], "in that one");
                assertTrue(left >= basis(1000) - 1, "idle");
            } catch (bytes memory reason) {
                bytes4 selector = bytes4(reason);
                assertTrue(
                    selector == IGuardedVault.NothingToMove.selector || selector == IGuardedVault.TooEarly.selector,
                    "refused for its limits"
                );
            }
        }
    }

    /// @dev Strategy 0 loses 35 in 100, and the vault 14.
    function fall() private {
        uint256 mark = vault.mark();
        vm.warp(block.timestamp + 1 days);
        shift(0, -3500);
        uint256 value = vault.shareValue();
        vm.expectEmit(address(vault));
        emit IGuardedVault.Stopped(value, mark, block.timestamp + 30 days);
        vault.observe();
    }

    /// @dev A share of all money that can be told to be real: at the price now.
    function basis(uint256 share) private view returns (uint256) {
        return vault.totalAssets() * share / 10_000;
    }

    function recent(uint256[6] memory moved, uint256[6] memory times) private view returns (uint256 sum) {
        for (uint256 i; i < 6; ++i) {
            if (times[i] + 1 days > block.timestamp) sum += moved[i];
        }
    }
}
