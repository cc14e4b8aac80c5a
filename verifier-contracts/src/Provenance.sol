// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IProvenance} from "./interfaces/IProvenance.sol";
import {RecordHash} from "./libraries/RecordHash.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SSTORE2} from "solady/utils/SSTORE2.sol";

/// @title Where models and datasets come from, as those say who vouch for it
/// @dev See {IProvenance}. Records are whole in contract code rather than in events: logs are what nodes drop first,
///      and provenance is asked for years later. Cycles cannot be: a link must lead to a record that is here, and a
///      record's id is a hash of its links. The only foreign code that runs is an issuer's ERC-1271 answer, as a static
///      call that its submitter pays for, before anything is written.
contract Provenance is IProvenance, EIP712 {
    uint256 private constant MAX_LINKS = 32;
    uint256 private constant MAX_URI = 1024;
    uint256 private constant MAX_SIGNATURE = 4096;

    mapping(bytes32 id => RecordState) private _states;
    mapping(bytes32 subject => bytes32[]) private _lists;
    mapping(bytes32 subject => mapping(address issuer => bytes32[])) private _issuerLists;

    constructor() EIP712("zkserve provenance", "1") {}

    /// @inheritdoc IProvenance
    function record(ProvenanceRecord calldata statement, bytes calldata signature) external returns (bytes32 id) {
        _requireWellFormed(statement, signature.length);
        id = RecordHash.structHash(statement);
        if (_states[id].pointer != address(0)) revert AlreadyRecorded(id);
        _requireLinksStand(statement.links);
        address issuer = statement.issuer;
        if (!SignatureChecker.isValidSignatureNowCalldata(issuer, _hashTypedDataV4(id), signature)) {
            revert SignatureInvalid(issuer);
        }
        _states[id] = RecordState(SSTORE2.write(abi.encode(statement, signature)), uint48(block.timestamp), 0);
        _lists[statement.subject].push(id);
        _issuerLists[statement.subject][issuer].push(id);
        emit Recorded(id, statement.subject, issuer, statement.kind, statement.contentHash);
    }

    /// @inheritdoc IProvenance
    function revoke(bytes32 id) external {
        (ProvenanceRecord memory statement,) = _read(id);
        if (statement.issuer != msg.sender) revert NotIssuer(id, msg.sender);
        if (_states[id].revokedAt != 0) revert AlreadyRevoked(id);
        _states[id].revokedAt = uint48(block.timestamp);
        emit Revoked(id, msg.sender);
    }

    /// @inheritdoc IProvenance
    function getRecord(bytes32 id)
        external
        view
        returns (ProvenanceRecord memory statement, bytes memory signature, RecordState memory state)
    {
        (statement, signature) = _read(id);
        state = _states[id];
    }

    /// @inheritdoc IProvenance
    function stateOf(bytes32 id) external view returns (RecordState memory) {
        return _states[id];
    }

    /// @inheritdoc IProvenance
    function isStanding(bytes32 id) external view returns (bool) {
        RecordState storage state = _states[id];
        return state.pointer != address(0) && state.revokedAt == 0;
    }

    /// @inheritdoc IProvenance
    function count(bytes32 subject) external view returns (uint256) {
        return _lists[subject].length;
    }

    /// @inheritdoc IProvenance
    function page(bytes32 subject, uint256 from, uint256 limit) external view returns (bytes32[] memory) {
        return _slice(_lists[subject], from, limit);
    }

    /// @inheritdoc IProvenance
    function countBy(bytes32 subject, address issuer) external view returns (uint256) {
        return _issuerLists[subject][issuer].length;
    }

    /// @inheritdoc IProvenance
    function pageBy(bytes32 subject, address issuer, uint256 from, uint256 limit)
        external
        view
        returns (bytes32[] memory)
    {
        return _slice(_issuerLists[subject][issuer], from, limit);
    }

    /// @inheritdoc IProvenance
    function idOf(ProvenanceRecord calldata statement) external pure returns (bytes32) {
        return RecordHash.structHash(statement);
    }

    /// @inheritdoc IProvenance
    function digestOf(ProvenanceRecord calldata statement) external view returns (bytes32) {
        return _hashTypedDataV4(RecordHash.structHash(statement));
    }

    /// @inheritdoc IProvenance
    function subjectOf(address registry, uint256 modelId, uint32 version) external view returns (bytes32) {
        return RecordHash.versionSubject(registry, modelId, version);
    }

    function _requireWellFormed(ProvenanceRecord calldata statement, uint256 signatureLength) private view {
        if (statement.kind == Kind.None || statement.subject == 0 || statement.contentHash == 0) {
            revert EmptyRecord();
        }
        bool large = statement.links.length > MAX_LINKS || bytes(statement.uri).length > MAX_URI;
        if (large || signatureLength > MAX_SIGNATURE) revert RecordTooLarge();
        if (statement.issuedAt > block.timestamp) revert IssuedInFuture(statement.issuedAt);
    }

    /// @dev Ascending order makes one list of links for one set of them, and no link counts twice.
    function _requireLinksStand(bytes32[] calldata links) private view {
        bytes32 before;
        for (uint256 i; i < links.length; ++i) {
            bytes32 link = links[i];
            if (link <= before) revert LinksNotAscending();
            RecordState storage state = _states[link];
            if (state.pointer == address(0)) revert RecordNotFound(link);
            if (state.revokedAt != 0) revert LinkRevoked(link);
            before = link;
        }
    }

    function _read(bytes32 id) private view returns (ProvenanceRecord memory statement, bytes memory signature) {
        address pointer = _states[id].pointer;
        if (pointer == address(0)) revert RecordNotFound(id);
        (statement, signature) = abi.decode(SSTORE2.read(pointer), (ProvenanceRecord, bytes));
    }

    function _slice(bytes32[] storage list, uint256 from, uint256 limit) private view returns (bytes32[] memory ids) {
        uint256 length = list.length;
        if (from >= length) return ids;
        uint256 rest = length - from;
        ids = new bytes32[](limit < rest ? limit : rest);
        for (uint256 i; i < ids.length; ++i) {
            ids[i] = list[from + i];
        }
    }
}
