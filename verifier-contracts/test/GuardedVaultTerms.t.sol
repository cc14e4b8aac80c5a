// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {SimulatedStrategy} from "../src/SimulatedStrategy.sol";
import {IGuardedVault} from "../src/interfaces/IGuardedVault.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Vault} from "./utils/Vault.sol";
import {VerifierDouble} from "./utils/VerifierDouble.sol";
import {vm} from "./utils/Vm.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title The terms and strategies that a vault takes
contract GuardedVaultTermsTest is Vault {
    uint256 private constant FUNDS = 1000 * UNIT;
    VerifierDouble private _verifier;

    function setUp() public {
        _verifier = doubled();
        deposit(alice, FUNDS);
        settle();
    }

    function test_needsSuitableTerms() public {
        IGuardedVault.Terms memory terms = termsFor(address(_verifier));
        terms.one = 0;
        expectInvalid(listed(), terms);
        for (uint256 i; i < 15; ++i) {
            terms = termsFor(address(_verifier));
            IGuardedVault.Limits memory l = terms.limits;
            if (i == 0) l.move = 0;
            if (i == 1) l.move = 2501;
            if (i == 2) l.day = 10_001;
            if (i == 3) l.share = 10_001;
            if (i == 4) l.reserve = 10_001;
            if (i == 5) l.slippage = 10_000;
            if (i == 6) l.drawdown = 0;
            if (i == 7) l.drawdown = 10_000;
            if (i == 8) l.band = 0;
            if (i == 9) l.band = 10_000;
            if (i == 10) l.cooldown = 1 hours - 1;
            if (i == 11) l.interval = 1 days - 1;
            if (i == 12) l.callGas = 199_999;
            if (i == 13) terms.one = -1;
            if (i == 14) l.callGas = 3_000_001; // burnt four times, nobody could leave in one transaction
            expectInvalid(listed(), terms);
        }
        terms = termsFor(address(_verifier));
        _verifier.set(IModelRegistry.VersionStatus.Active, 2, 1);
        expectInvalid(listed(), terms);
        _verifier.set(IModelRegistry.VersionStatus.Active, 1, 2);
        expectInvalid(listed(), terms);
        _verifier.set(IModelRegistry.VersionStatus.Deprecated, 1, 1);
        expectInvalid(listed(), terms);
    }

    function test_needsSuitableStrategies() public {
        IGuardedVault.Terms memory terms = termsFor(address(_verifier));
        expectInvalid(new IERC4626[](0), terms);
        expectInvalid(new IERC4626[](5), terms);
        IERC4626[] memory list = listed();
        list[2] = list[0];
        expectInvalid(list, terms);
        list = listed();
        list[1] = IERC4626(address(_verifier));
        expectInvalid(list, terms);
        list[1] = new SimulatedStrategy(IERC20(address(vault)), address(this));
        expectInvalid(list, terms);
    }

    function test_tellsItsTerms() public view {
        assertEq(vault.terms().modelId, 1, "model");
        assertEq(vault.strategies().length, 3, "strategies");
        assertEq(address(vault.strategies()[2]), address(simulated[2]), "strategy");
        (uint256 into, uint256 out) = vault.roomOf(0);
        assertEq(into, 100 * UNIT, "room into");
        assertEq(out, 0, "room out");
        assertEq(vault.decimals(), 24, "decimals");
    }

    function test_marketAloneTakesLosses() public {
        vm.expectRevert(abi.encodeWithSelector(SimulatedStrategy.NotMarket.selector, mallory));
        vm.prank(mallory);
        simulated[0].lose(1);
    }

    function expectInvalid(IERC4626[] memory list, IGuardedVault.Terms memory terms) private {
        bytes memory arguments = abi.encode("Guarded vault", "GUARD", token, list, terms);
        bytes memory reason = abi.encodeWithSelector(IGuardedVault.TermsInvalid.selector);
        assertDeploymentReverts("GuardedVault", arguments, reason);
    }
}
