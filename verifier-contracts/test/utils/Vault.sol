// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GuardedVault} from "../../src/GuardedVault.sol";
import {SimulatedStrategy} from "../../src/SimulatedStrategy.sol";
import {IGuardedVault} from "../../src/interfaces/IGuardedVault.sol";
import {IInferenceVerifier} from "../../src/interfaces/IInferenceVerifier.sol";
import {Assertions} from "./Assertions.sol";
import {MutableToken} from "./MutableToken.sol";
import {VerifierDouble} from "./VerifierDouble.sol";
import {vm} from "./Vm.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title A vault over three strategies, whose market is this contract
abstract contract Vault is Assertions {
    uint48 internal constant NOW = 1_800_000_000;
    int32 internal constant ONE = 1000;
    uint256 internal constant UNIT = 1e6;
    uint256 internal constant SEED = 1_000_000 * UNIT;

    address internal alice = address(0xa11ce);
    address internal bob = address(0xb0b);
    address internal mallory = address(0x3a1);
    MutableToken internal token;
    SimulatedStrategy[3] internal simulated;
    GuardedVault internal vault;

    /// @dev The vault over a verifier that believes everything.
    function doubled() internal returns (VerifierDouble verifier) {
        vm.warp(NOW);
        verifier = new VerifierDouble();
        market();
        vault = new GuardedVault("Guarded vault", "GUARD", token, listed(), termsFor(address(verifier)));
    }

    /// @dev A token, and strategies in which somebody else has money already.
    function market() internal {
        token = new MutableToken();
        token.mint(address(this), 100 * SEED);
        for (uint256 k; k < 3; ++k) {
            simulated[k] = new SimulatedStrategy(token, address(this));
            token.approve(address(simulated[k]), SEED);
            simulated[k].deposit(SEED, address(this));
        }
    }

    function listed() internal view returns (IERC4626[] memory list) {
        list = new IERC4626[](3);
        for (uint256 k; k < 3; ++k) {
            list[k] = simulated[k];
        }
    }

    function termsFor(address verifier) internal pure returns (IGuardedVault.Terms memory) {
        return IGuardedVault.Terms(IInferenceVerifier(verifier), 1, 1, ONE, limits());
    }

    /// @dev A tenth a move, a quarter a day, two fifths in one strategy, a tenth idle; stop at a fall of a tenth.
    function limits() internal pure returns (IGuardedVault.Limits memory) {
        return IGuardedVault.Limits({
            move: 1000,
            day: 2500,
            share: 4000,
            reserve: 1000,
            drawdown: 1000,
            band: 1000,
            slippage: 50,
            cooldown: 4 hours,
            interval: 1 days,
            rest: 30 days,
            callGas: 1_000_000
        });
    }

    function deposit(address by, uint256 assets) internal returns (uint256 shares) {
        token.mint(by, assets);
        vm.startPrank(by);
        token.approve(address(vault), assets);
        shares = vault.deposit(assets, by);
        vm.stopPrank();
    }

    function redeem(address by, uint256 shares) internal returns (uint256) {
        vm.prank(by);
        return vault.redeem(shares, by, by);
    }

    /// @dev A day later, after each strategy gained or lost so many ten-thousandths.
    function day(int256 a, int256 b, int256 c) internal {
        vm.warp(block.timestamp + 1 days);
        shift(0, a);
        shift(1, b);
        shift(2, c);
        vault.observe();
    }

    function shift(uint256 k, int256 change) internal {
        shift(simulated[k], change);
    }

    function shift(SimulatedStrategy strategy, int256 change) internal {
        uint256 assets = strategy.totalAssets();
        if (change >= 0) token.transfer(address(strategy), assets * uint256(change) / 10_000);
        else strategy.lose(assets * uint256(-change) / 10_000);
    }

    /// @dev Four quiet days, so that there is a history.
    function settle() internal {
        for (uint256 i; i < 4; ++i) {
            day(0, 0, 0);
        }
    }

    /// @dev What the double believes: the features now, and targets in thousandths.
    function targets(int32 a, int32 b, int32 c)
        internal
        view
        returns (IInferenceVerifier.Inference memory inference)
    {
        inference.statement = new uint256[](2);
        inference.statement[0] = vault.features();
        inference.statement[1] = uint256(uint32(a)) | uint256(uint32(b)) << 32 | uint256(uint32(c)) << 64;
        (inference.requester, inference.nonce) = (address(vault), vault.round());
    }

    /// @dev What the vault has in a strategy at its price.
    function held(uint256 k) internal view returns (uint256) {
        return simulated[k].convertToAssets(vault.positionIn(k).shares);
    }

    /// @dev But for roundings, and the virtual shares' part.
    function assertNear(uint256 actual, uint256 expected, string memory what) internal pure {
        assertTrue(actual <= expected + 10 && actual + 10 >= expected, what);
    }

    function later(uint256 time) internal {
        vm.warp(block.timestamp + time);
    }

    /// @dev Four tenths in strategy 0, a quarter in strategy 1, as days pass.
    function invest() internal {
        for (uint256 i; i < 10; ++i) {
            try vault.execute(targets(400, 250, 0)) {} catch {}
            later(12 hours);
        }
        day(0, 0, 0);
        day(0, 0, 0);
        assertEq(held(0), 400 * UNIT, "strategy 0");
        assertEq(held(1), 250 * UNIT, "strategy 1");
    }

    function expectNothing(IInferenceVerifier.Inference memory proof) internal {
        vm.expectRevert(IGuardedVault.NothingToMove.selector);
        vault.execute(proof);
    }
}
