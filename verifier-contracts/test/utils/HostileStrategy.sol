// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";

/// @title A strategy that is honest until it is told how to misbehave
contract HostileStrategy is ERC4626 {
    enum Mode {
        Honest,
        Reverts,
        BurnsGas,
        FloodsMemory,
        KeepsHalf,
        TakesLess,
        MintsLess,
        Reenters,
        HidesPrice,
        RefusesTransfers,
        Boasts,
        Trickles
    }

    Mode public mode;
    uint256 private _times = 1;
    uint256 private _over = 1;
    address private _target;
    bytes[] private _calls;
    uint256 public succeeded;

    constructor(IERC20 asset_) ERC20("Hostile", "HOST") ERC4626(asset_) {}

    function setMode(Mode mode_) external {
        mode = mode_;
    }

    /// @dev From now on its price is said to be so many times as high.
    function setLie(uint256 times, uint256 over) external {
        (_times, _over) = (times, over);
    }

    function reenterWith(address target, bytes[] calldata calls) external {
        (mode, _target) = (Mode.Reenters, target);
        for (uint256 i; i < calls.length; ++i) {
            _calls.push(calls[i]);
        }
    }

    function convertToAssets(uint256 shares) public view override returns (uint256) {
        if (mode == Mode.HidesPrice) revert("no price");
        if (mode == Mode.FloodsMemory) {
            assembly {
                return(0, 1000000)
            }
        }
        if (mode == Mode.BurnsGas) while (true) {}
        return super.convertToAssets(shares) * _times / _over;
    }

    function previewRedeem(uint256 shares) public view override returns (uint256) {
        return mode == Mode.Boasts ? type(uint256).max : super.previewRedeem(shares);
    }

    function maxRedeem(address owner) public view override returns (uint256) {
        return mode == Mode.Trickles ? 1 : super.maxRedeem(owner);
    }

    function deposit(uint256 assets, address receiver) public override returns (uint256 shares) {
        _misbehave();
        shares = super.deposit(mode == Mode.TakesLess ? assets / 2 : assets, receiver);
        if (mode == Mode.MintsLess) _burn(receiver, shares / 2);
    }

    function redeem(uint256 shares, address receiver, address owner) public override returns (uint256) {
        _misbehave();
        return super.redeem(shares, receiver, owner);
    }

    function _withdraw(address caller, address receiver, address owner, uint256 assets, uint256 shares)
        internal
        override
    {
        super._withdraw(caller, receiver, owner, mode == Mode.KeepsHalf ? assets / 2 : assets, shares);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (mode == Mode.RefusesTransfers) revert("no transfers");
        super._update(from, to, amount);
    }

    function _misbehave() private {
        if (mode == Mode.Reverts) revert("no");
        if (mode == Mode.BurnsGas) while (true) {}
        if (mode != Mode.Reenters) return;
        for (uint256 i; i < _calls.length; ++i) {
            (bool done,) = _target.call(_calls[i]);
            if (done) ++succeeded;
        }
    }
}
