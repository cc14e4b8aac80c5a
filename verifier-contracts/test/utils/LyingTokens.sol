// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {AccessGrants} from "../../src/AccessGrants.sol";

/// @title Tokens that belong to whom one says, whose royalty burns all gas
contract LyingTokens {
    uint256 private _holder;
    bool private _silent;

    function setHolder(uint256 holder) external {
        _holder = holder;
    }

    function setSilent() external {
        _silent = true;
    }

    function ownerOf(uint256) external view returns (uint256) {
        if (_silent) {
            assembly {
                return(0, 31)
            }
        }
        return _holder;
    }

    function royaltyInfo(uint256, uint256) external pure returns (address, uint256) {
        while (true) {}
        return (address(0), 0);
    }
}

/// @title Buys, and withdraws again and again while it is paid
contract GreedyBuyer {
    AccessGrants private immutable _grants;
    bool public tried;

    constructor(AccessGrants grants) payable {
        _grants = grants;
    }

    function buy(address registry, uint256 tokenId, uint256 price, uint256 value) external {
        require(value >= price, "too little");
        _grants.buy{value: value}(registry, tokenId, 1, 1);
    }

    function withdraw() external {
        _grants.withdraw(address(this));
    }

    receive() external payable {
        tried = true;
        try _grants.withdraw(address(this)) {
            revert("paid twice");
        } catch {}
    }
}
