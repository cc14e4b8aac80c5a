// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ICredits} from "../../src/interfaces/ICredits.sol";

/// @title Takes its credit, and while it is paid asks for it again
contract GreedyCreditor {
    ICredits private immutable _ledger;
    uint256 public refused;

    constructor(ICredits ledger) {
        _ledger = ledger;
    }

    function withdraw() external {
        _ledger.withdraw(address(this));
    }

    receive() external payable {
        try _ledger.withdraw(address(this)) {}
        catch {
            ++refused;
        }
    }
}
