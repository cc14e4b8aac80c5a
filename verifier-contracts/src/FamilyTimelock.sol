// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title Timelock between a vote and its execution
/// @notice OpenZeppelin's TimelockController with one proposer, the governor; anyone executes what is due. From its
///         first block on there is no administrator but the timelock itself, that is, a vote.
contract FamilyTimelock is TimelockController {
    /// @param minDelay Seconds between a vote's success and its execution.
    /// @param governor Whose proposals it takes. Its address may be known before it is deployed.
    constructor(uint256 minDelay, address governor)
        TimelockController(minDelay, _only(governor), _only(address(0)), address(0))
    {}

    function _only(address account) private pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = account;
    }
}
