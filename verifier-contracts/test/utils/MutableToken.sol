// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A plain token that a test may make hostile: it takes a tax, or calls somebody during transfers
contract MutableToken is ERC20("Mutable", "MUT") {
    uint256 public tax;
    address private _target;
    bytes[] private _calls;
    uint256 public succeeded;
    bool private _within;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setTax(uint256 amount) external {
        tax = amount;
    }

    /// @dev From now on, each transfer calls the target with each of these.
    function interfere(address target, bytes[] calldata calls) external {
        _target = target;
        for (uint256 i; i < calls.length; ++i) {
            _calls.push(calls[i]);
        }
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (tax != 0 && from != address(0) && to != address(0xdead)) super._update(to, address(0xdead), tax);
        if (_within) return;
        _within = true;
        for (uint256 i; i < _calls.length; ++i) {
            (bool done,) = _target.call(_calls[i]);
            if (done) ++succeeded;
        }
        _within = false;
    }
}
