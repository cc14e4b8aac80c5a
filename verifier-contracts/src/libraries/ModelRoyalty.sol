// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GasPromise} from "./GasPromise.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";

/// @title What a model's holder gets of a fee (ERC-2981)
/// @notice The registry is asked under a gas cap and never believed: silence, failure, no receiver, or more than half
///         of the price count as no royalty.
library ModelRoyalty {
    /// @dev Two cold storage slots and arithmetic take about 6,000.
    uint256 private constant GAS = 30_000;
    uint256 private constant BPS = 10_000;

    /// @notice The share that the registry names for a price now, rounded up; in hundredths of a percent, at most 5,000.
    function quote(address registry, uint256 modelId, uint256 price) internal view returns (uint16) {
        if (price == 0) return 0;
        (, uint256 amount) = _ask(registry, modelId, price);
        return uint16((amount * BPS + price - 1) / price);
    }

    /// @notice Who gets how much of a fee: what the registry says now, and at most the share quoted before.
    function share(address registry, uint256 modelId, uint256 fee, uint256 quotedBps)
        internal
        view
        returns (address receiver, uint256 amount)
    {
        if (quotedBps == 0 || fee == 0) return (address(0), 0);
        (receiver, amount) = _ask(registry, modelId, fee);
        uint256 most = fee * quotedBps / BPS;
        if (amount > most) amount = most;
    }

    /// @dev Half of a price rounded down is at most 5,000 basis points, rounded up.
    function _ask(address registry, uint256 modelId, uint256 price) private view returns (address, uint256) {
        (bool success, uint256 receiver, uint256 amount) =
            GasPromise.askWith(GAS, registry, abi.encodeCall(IERC2981.royaltyInfo, (modelId, price)));
        if (!success || receiver == 0 || receiver > type(uint160).max || amount > price / 2) return (address(0), 0);
        return (address(uint160(receiver)), amount);
    }
}
