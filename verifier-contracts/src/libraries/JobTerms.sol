// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @title Terms of a job as its description begins with them
/// @notice `zkserve-job-1:0x…`, 80 characters: a hash for machines; a brief for people may follow.
library JobTerms {
    /// @notice keccak256(abi.encode(modelId, version, input)).
    function hash(uint256 modelId, uint32 version, uint256[] calldata input) internal pure returns (bytes32) {
        return keccak256(abi.encode(modelId, version, input));
    }

    /// @notice The beginning of the description, in lower case.
    function describe(bytes32 termsHash) internal pure returns (string memory) {
        return string.concat("zkserve-job-1:", Strings.toHexString(uint256(termsHash), 32));
    }

    /// @notice Whether a description begins with these terms.
    function isBeginningOf(string memory terms, string memory description) internal pure returns (bool same) {
        if (bytes(description).length < bytes(terms).length) return false;
        assembly ("memory-safe") {
            let length := mload(terms)
            same := eq(keccak256(add(terms, 32), length), keccak256(add(description, 32), length))
        }
    }
}
