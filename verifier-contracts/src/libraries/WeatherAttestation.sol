// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title What a weather station signs about a policy's season, as EIP-712 has it
library WeatherAttestation {
    bytes32 internal constant TYPE_HASH =
        keccak256("Attestation(uint256 policyId,bytes32 plot,uint48 seasonStart,uint48 seasonEnd,bytes32 inputHash)");

    /// @param inputHash keccak256(abi.encodePacked(input)) of the public signals that stand for the plot's features.
    function structHash(uint256 policyId, bytes32 plot, uint48 seasonStart, uint48 seasonEnd, bytes32 inputHash)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(TYPE_HASH, policyId, plot, seasonStart, seasonEnd, inputHash));
    }
}
