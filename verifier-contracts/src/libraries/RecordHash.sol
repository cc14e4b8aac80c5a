// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IProvenance} from "../interfaces/IProvenance.sol";

/// @title EIP-712 hashes of provenance records
library RecordHash {
    bytes32 private constant RECORD_TYPE = keccak256(
        "ProvenanceRecord(uint8 kind,bytes32 subject,bytes32 contentHash,bytes32[] links,string uri,address issuer,uint64 issuedAt)"
    );

    /// @dev Keeps subjects of versions apart from other hashes.
    bytes32 private constant VERSION_TAG = keccak256("zkserve model version");

    /// @dev hashStruct(record). Everything that the record says goes in, so that ids of others cannot be met.
    function structHash(IProvenance.ProvenanceRecord calldata statement) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                RECORD_TYPE,
                statement.kind,
                statement.subject,
                statement.contentHash,
                keccak256(abi.encodePacked(statement.links)),
                keccak256(bytes(statement.uri)),
                statement.issuer,
                statement.issuedAt
            )
        );
    }

    /// @dev See {IProvenance-subjectOf}.
    function versionSubject(address registry, uint256 modelId, uint32 version) internal view returns (bytes32) {
        return keccak256(abi.encode(VERSION_TAG, block.chainid, registry, modelId, version));
    }
}
