// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GuardedVault} from "../../src/GuardedVault.sol";
import {HostileStrategy} from "./HostileStrategy.sol";
import {Vault} from "./Vault.sol";
import {VerifierDouble} from "./VerifierDouble.sol";
import {vm} from "./Vm.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

/// @title A vault of two depositors, the first of whose strategies may turn hostile
abstract contract HostileVault is Vault {
    uint256 internal constant FUNDS = 1000 * UNIT;
    HostileStrategy internal hostile;

    /// @dev Alice has 600 and Bob 400; 250 are in a strategy that may turn hostile, 250 in an honest one.
    function setUp() public {
        vm.warp(NOW);
        market();
        hostile = new HostileStrategy(token);
        token.approve(address(hostile), SEED);
        hostile.deposit(SEED, address(this));
        IERC4626[] memory list = listed();
        list[0] = hostile;
        vault = new GuardedVault("Guarded vault", "GUARD", token, list, termsFor(address(new VerifierDouble())));
        deposit(alice, 600 * UNIT);
        deposit(bob, 400 * UNIT);
        for (uint256 i; i < 4; ++i) {
            later(1 days);
            vault.observe();
        }
        for (uint256 i; i < 6; ++i) {
            vault.execute(targets(250, 250, 0));
            later(12 hours);
        }
        vault.observe();
    }
}
