// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICredits} from "./interfaces/ICredits.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title Pull payments in ether
/// @dev See {ICredits}. Who is paid is called in {withdraw} alone, after its credit is gone: whatever it does then, it
///      finds books that are complete, so this needs no lock; and if it fails, that concerns nobody else.
abstract contract Credits is ICredits {
    /// @inheritdoc ICredits
    mapping(address account => uint256) public creditOf;

    /// @inheritdoc ICredits
    function withdraw(address to) external returns (uint256 amount) {
        amount = creditOf[msg.sender];
        if (amount == 0) revert NothingToWithdraw(msg.sender);
        creditOf[msg.sender] = 0;
        emit Withdrawn(msg.sender, to, amount);
        if (!SafeTransferLib.trySafeTransferETH(to, amount, gasleft())) revert WithdrawalFailed(to);
    }

    /// @dev Owes an account this much more, of ether that is here and owed to nobody else.
    function _credit(address account, uint256 amount) internal {
        if (amount != 0) creditOf[account] += amount;
    }
}
