// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {CropInsurance} from "../src/CropInsurance.sol";
import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {Insured} from "./utils/Insured.sol";
import {vm} from "./utils/Vm.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @title Providers share one season's risk: nobody gains by the time at which they come or go
contract InsurancePoolTest is Insured {
    function test_providersShareLossAndPremiums() public {
        uint256 first = provide(provider, 75 ether);
        uint256 second = provide(other, 20 ether);
        uint256 policyId = buy(farmer);
        vm.warp(CLAIM_TIME);
        double.answer(claim(policyId, 0xd0), THRESHOLD, prover, PROVER_FEE);
        uint256 left = 95 ether - COVERAGE + PREMIUM;
        assertNear(redeem(provider, first), left * 75 / 95, "first share");
        assertNear(redeem(other, second), left * 20 / 95, "second share");
        assertTrue(asset.balanceOf(address(insurance)) - insurance.owed() < 1000, "nothing but rounding stays");
        assertEq(insurance.owed(), COVERAGE, "the payout stays");
    }

    function test_whatIsReservedCannotBeTakenOut() public {
        provide(provider, 15 ether);
        buy(farmer);
        assertEq(insurance.freeAssets(), 5 ether, "free");
        uint256 most = insurance.maxWithdraw(provider);
        assertNear(most, 5 ether, "most");
        vm.expectRevert(
            abi.encodeWithSelector(ERC4626.ERC4626ExceededMaxWithdraw.selector, provider, 5 ether + 1, most)
        );
        vm.prank(provider);
        insurance.withdraw(5 ether + 1, provider, provider);
        vm.prank(provider);
        insurance.withdraw(most, provider, provider);
        assertTrue(insurance.totalAssets() >= insurance.reserved(), "solvent");
    }

    /// @dev Comes for the premium, and would leave before the season.
    function test_attackPremiumSniping() public {
        provide(provider, 50 ether);
        uint256 shares = provide(other, 20 ether);
        buy(farmer);
        assertEq(insurance.totalAssets(), 70 ether, "premiums do not count yet");
        assertNear(redeem(other, shares), 20 ether, "no gain");
    }

    function test_attackLeavingWhenTheWeatherTurnsBad() public {
        uint256 shares = provide(provider, 100 ether);
        uint256 policyId = buy(farmer);
        vm.warp(SALES_END + 1);
        assertEq(insurance.maxRedeem(provider), 0, "closed");
        vm.expectRevert(abi.encodeWithSelector(ERC4626.ERC4626ExceededMaxRedeem.selector, provider, shares, 0));
        redeem(provider, shares);
        vm.warp(CLAIM_TIME);
        assertEq(insurance.maxWithdraw(provider), 0, "still closed");
        double.answer(claim(policyId, 0xd0), THRESHOLD, prover, PROVER_FEE);
        assertEq(insurance.maxRedeem(provider), shares, "open when all is decided");
    }

    function test_attackComingWhenTheWeatherTurnsGood() public {
        provide(provider, 50 ether);
        buy(farmer);
        vm.warp(SALES_END + 1);
        vm.expectRevert(abi.encodeWithSelector(ERC4626.ERC4626ExceededMaxDeposit.selector, other, 1 ether, 0));
        provide(other, 1 ether);
        assertEq(insurance.maxMint(other), 0, "nor by shares");
    }

    function test_unsoldSeasonGivesAllBack() public {
        uint256 shares = provide(provider, 50 ether);
        vm.warp(SALES_END + 1);
        assertNear(redeem(provider, shares), 50 ether, "all");
    }

    /// @dev The first provider sends money past the vault, to round the second's shares to nothing.
    function test_attackInflatedShares() public {
        vm.startPrank(provider);
        insurance.deposit(1, provider);
        asset.transfer(address(insurance), 20 ether);
        vm.stopPrank();
        uint256 shares = provide(other, 10 ether);
        assertTrue(shares > 0, "shares");
        assertTrue(insurance.previewRedeem(shares) > 9.9999 ether, "the second loses next to nothing");
        assertTrue(insurance.maxWithdraw(provider) < 11 ether, "the first loses half");
    }

    /// @dev An asset that calls the buyer before it moves.
    function test_attackReentrantAsset() public {
        HookedToken hooked = new HookedToken();
        CropInsurance target =
            new CropInsurance(IERC20(address(hooked)), IInferenceOracle(address(double)), season(MODEL));
        Reentrant attacker = new Reentrant(target, hooked);
        hooked.mint(address(attacker), 100 ether);
        attacker.provide(50 ether);

        attacker.arm(abi.encodeCall(IERC4626.redeem, (1 ether, address(attacker), address(attacker))));
        attacker.buy(1 ether);
        assertTrue(attacker.wasRefused(), "redeem during a sale");
        attacker.arm(abi.encodeCall(IERC4626.deposit, (1 ether, address(attacker))));
        attacker.buy(1 ether);
        assertTrue(attacker.wasRefused(), "deposit during a sale");
        attacker.arm(abi.encodeCall(CropInsurance.buy, (1 ether, PLOT)));
        attacker.provide(1 ether);
        assertTrue(attacker.wasRefused(), "sale during a deposit");
    }

    function redeem(address account, uint256 shares) private returns (uint256 assets) {
        vm.prank(account);
        return insurance.redeem(shares, account, account);
    }

    /// @dev But for rounding.
    function assertNear(uint256 actual, uint256 expected, string memory what) private pure {
        assertTrue(actual < expected + 100 && expected < actual + 100, what);
    }
}

/// @title A token that calls its sender before it moves, as ERC-777 does
contract HookedToken is ERC20("Hooked", "HOOK") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (from.code.length != 0) Reentrant(from).beforeTransfer();
        return super.transferFrom(from, to, amount);
    }
}

/// @title Somebody who calls back while the pool takes money
contract Reentrant {
    CropInsurance private immutable _target;
    bytes private _call;
    bytes4 private _refusal;

    constructor(CropInsurance target, HookedToken token) {
        _target = target;
        token.approve(address(target), type(uint256).max);
    }

    function provide(uint256 amount) external {
        _target.deposit(amount, address(this));
    }

    function buy(uint96 coverage) external {
        _target.buy(coverage, 0);
    }

    function arm(bytes memory call_) external {
        (_call, _refusal) = (call_, 0);
    }

    function wasRefused() external view returns (bool) {
        return _refusal == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;
    }

    function beforeTransfer() external {
        if (_call.length == 0) return;
        (bool ok, bytes memory reason) = address(_target).call(_call);
        if (!ok) _refusal = bytes4(reason);
        delete _call;
    }
}
