// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title Where models and datasets come from, as those say who vouch for it
/// @notice Records about a version of a model, or about a dataset: each is signed by its issuer (EIP-712; ECDSA or
///         ERC-1271), submitted by anyone, named by the hash of all that it says, and linked by those hashes to records
///         before it. Records are only ever added. An issuer may revoke its own, which is then told beside the record
///         for good. There is no administrator.
///
///         What a record proves: its issuer signed exactly this statement, for this contract on this chain, no later
///         than `recordedAt`; and all records it links to were here, not revoked, before it.
///
///         What it does not prove: that the statement is true (that the model was trained on this data, that the
///         licence permits it), that the content can be had at `uri`, that `issuedAt` is the time of signing, or that
///         the issuer is anyone in particular. Anyone can record anything about any subject in their own name: who
///         reads decides which issuers count, and reads their records alone by {pageBy}.
interface IProvenance {
    /// @notice What a record names by `contentHash`.
    /// @dev Dataset: data that the subject was made from, or holds. TrainingRun: a log or configuration of its
    ///      training. Licence: the text under which the subject may be used. EvaluationReport: what a test showed.
    ///      Parent: the *subject* that this one was made from (see {subjectOf}). ModelCard, BillOfMaterials: documents
    ///      about the subject.
    enum Kind {
        None,
        Dataset,
        TrainingRun,
        Licence,
        EvaluationReport,
        Parent,
        ModelCard,
        BillOfMaterials
    }

    /// @notice One statement, as it is signed. EIP-712 type: ProvenanceRecord(uint8 kind,bytes32 subject,
    ///         bytes32 contentHash,bytes32[] links,string uri,address issuer,uint64 issuedAt).
    /// @param kind What `contentHash` names.
    /// @param subject What the record is about: {subjectOf} a model's version, or the content hash of a dataset.
    /// @param contentHash SHA-256 of a file, the canonical hash of a folder, or of a `Parent` its subject.
    /// @param links Ids of earlier records that this one rests on, ascending.
    /// @param uri Where the content may be had, at most 1,024 bytes.
    /// @param issuer Who vouches: an account, or a contract that answers as in ERC-1271.
    /// @param issuedAt When it was issued, as the issuer says, in seconds since 1970; never after the block's time.
    struct ProvenanceRecord {
        Kind kind;
        bytes32 subject;
        bytes32 contentHash;
        bytes32[] links;
        string uri;
        address issuer;
        uint64 issuedAt;
    }

    /// @notice What the chain knows of a record; one storage slot.
    /// @param pointer Contract whose code is a STOP byte, the record and its signature; zero if there is none.
    /// @param recordedAt When it was recorded, in seconds since 1970.
    /// @param revokedAt When its issuer revoked it; zero while it stands.
    struct RecordState {
        address pointer;
        uint48 recordedAt;
        uint48 revokedAt;
    }

    /// @notice A record was added.
    event Recorded(
        bytes32 indexed id, bytes32 indexed subject, address indexed issuer, Kind kind, bytes32 contentHash
    );

    /// @notice An issuer takes back what it vouched for.
    event Revoked(bytes32 indexed id, address indexed issuer);

    /// @notice There is no such record.
    error RecordNotFound(bytes32 id);

    /// @notice The record is here already, whoever submitted it.
    error AlreadyRecorded(bytes32 id);

    /// @notice Kind, subject or content hash is zero.
    error EmptyRecord();

    /// @notice More than 32 links, or a URI above 1,024 bytes, or a signature above 4,096 bytes.
    error RecordTooLarge();

    /// @notice The time of issue is after the block's.
    error IssuedInFuture(uint64 issuedAt);

    /// @notice Links are not in ascending order, or one is there twice.
    error LinksNotAscending();

    /// @notice A link leads to a record that its issuer revoked.
    error LinkRevoked(bytes32 id);

    /// @notice The issuer did not sign this record for this contract on this chain.
    error SignatureInvalid(address issuer);

    /// @notice Only a record's issuer may revoke it.
    error NotIssuer(bytes32 id, address caller);

    /// @notice The record was revoked before.
    error AlreadyRevoked(bytes32 id);

    /// @notice Adds a record that its issuer signed. Anyone may submit it: nothing depends on who does.
    /// @return id The record's id, see {idOf}.
    function record(ProvenanceRecord calldata statement, bytes calldata signature) external returns (bytes32 id);

    /// @notice Takes a record back, for good. Issuer only. Records that link to it stay, and show what they rest on.
    function revoke(bytes32 id) external;

    /// @notice A record, the signature it came with, and what the chain knows of it.
    function getRecord(bytes32 id)
        external
        view
        returns (ProvenanceRecord memory statement, bytes memory signature, RecordState memory state);

    /// @notice What the chain knows of a record; all zero if there is none. Never reverts.
    function stateOf(bytes32 id) external view returns (RecordState memory);

    /// @notice Whether a record is here and not revoked: what a contract asks that makes a record its condition.
    function isStanding(bytes32 id) external view returns (bool);

    /// @notice How many records there are about a subject, by anyone.
    function count(bytes32 subject) external view returns (uint256);

    /// @notice Ids of records about a subject in the order they were added: `limit` of them from `from` on, or fewer.
    function page(bytes32 subject, uint256 from, uint256 limit) external view returns (bytes32[] memory);

    /// @notice How many records an issuer made about a subject.
    function countBy(bytes32 subject, address issuer) external view returns (uint256);

    /// @notice As {page}, of one issuer: what others add cannot crowd these out.
    function pageBy(bytes32 subject, address issuer, uint256 from, uint256 limit)
        external
        view
        returns (bytes32[] memory);

    /// @notice The id of a record: its EIP-712 struct hash.
    function idOf(ProvenanceRecord calldata statement) external pure returns (bytes32);

    /// @notice What an issuer signs: the EIP-712 hash of the record for this contract and chain.
    function digestOf(ProvenanceRecord calldata statement) external view returns (bytes32);

    /// @notice The subject that stands for a version of a model on this chain:
    ///         keccak256(abi.encode(keccak256("zkserve model version"), chainId, registry, modelId, version)).
    function subjectOf(address registry, uint256 modelId, uint32 version) external view returns (bytes32);
}
