// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ModelRegistry} from "../../src/ModelRegistry.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {ERC2981} from "@openzeppelin/contracts/token/common/ERC2981.sol";

/// @title A registry that answers ERC-2981's question honestly, until it is told how not to
contract RoyaltyRegistry is ModelRegistry {
    enum Manner {
        Honest,
        Answer,
        Revert,
        EatGas,
        ReturnOneWord,
        ReturnMuch
    }

    Manner private _manner;
    uint256 private _receiver;
    uint256 private _bps;

    /// @param receiver What is answered for a receiver, an address or not.
    /// @param bps The share that is answered, or beyond 128 bits the amount.
    function behave(Manner manner, uint256 receiver, uint256 bps) external {
        (_manner, _receiver, _bps) = (manner, receiver, bps);
    }

    function royaltyInfo(uint256 modelId, uint256 price)
        public
        view
        override(ERC2981, IERC2981)
        returns (address, uint256)
    {
        if (_manner == Manner.Honest) return super.royaltyInfo(modelId, price);
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
        uint256 receiver = _receiver;
        uint256 amount = _bps > type(uint128).max ? _bps : price * _bps / 10_000;
        assembly {
            mstore(0, receiver)
            mstore(0x20, amount)
            return(0, 0x40)
        }
    }
}
