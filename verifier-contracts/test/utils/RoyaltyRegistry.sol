// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ModelRegistry} from "../../src/ModelRegistry.sol";

/// @title A registry that answers ERC-2981's question as it is told to, sanely or not
contract RoyaltyRegistry is ModelRegistry {
    enum Manner {
        Answer,
        Revert,
        EatGas,
        ReturnOneWord,
        ReturnMuch
    }

    Manner private _manner;
    uint256 private _receiver;
    uint256 private _bps;

    function setRoyalty(Manner manner, uint256 receiver, uint256 bps) external {
        (_manner, _receiver, _bps) = (manner, receiver, bps);
    }

    function royaltyInfo(uint256, uint256 price) external view returns (uint256, uint256) {
        if (_manner == Manner.Revert) revert("no royalty");
        if (_manner == Manner.EatGas) {
            while (true) {}
        }
        if (_manner == Manner.ReturnOneWord) {
            assembly {
                return(0, 0x20)
            }
        }
        if (_manner == Manner.ReturnMuch) {
            assembly {
                return(0, 100000)
            }
        }
        if (_bps > type(uint128).max) return (_receiver, _bps);
        return (_receiver, price * _bps / 10_000);
    }
}
