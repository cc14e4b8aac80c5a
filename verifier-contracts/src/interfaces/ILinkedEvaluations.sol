// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IEvaluations} from "./IEvaluations.sol";
import {IInferenceVerifier} from "./IInferenceVerifier.sol";
import {IModelRegistry} from "./IModelRegistry.sol";

/// @title Proven accuracy of hidden weights on secret test sets
/// @notice An evaluator is a circuit that runs the network of an architecture on the rows of a chunk and counts the
///         answers that are the labels. A version of that architecture has its weights in a commitment; linking it shows
///         that a commitment under the evaluator's key is to the same weights, so that what is counted is what the
///         served version answers. A test set is a list of commitments to chunks; its rows may stay secret until they
///         are revealed, which this contract checks.
/// @dev There is no administrator, and nobody owns anything here. Whom a test set makes one trust: whoever made the keys
///      of its evaluator could forge counts and links. Its id names both, so whoever relies on an id has chosen them.
interface ILinkedEvaluations is IEvaluations {
    /// @notice A circuit that counts, and what ties it to the circuit that is served.
    /// @param servedArchitecture The registry's architecture of the versions that it evaluates.
    /// @param evaluatedArchitecture The registry's architecture of the counting circuit; its public signals are the
    ///        commitment to a chunk, the count and the context.
    /// @param circuitHash SHA-256 of the counting circuit's r1cs, for whoever rebuilds it.
    /// @param tag What the chunk's commitment starts from: fixes what its rows mean.
    /// @param rows Rows of a chunk.
    /// @param words Field elements that hold a chunk.
    /// @param linkKey A, C1, C2 of G2, in EIP-197 order; see {WeightLink}.
    struct Evaluator {
        bytes32 servedArchitecture;
        bytes32 evaluatedArchitecture;
        bytes32 circuitHash;
        uint256 tag;
        uint16 rows;
        uint16 words;
        uint256[12] linkKey;
    }

    /// @notice A list of chunks that are counted together.
    /// @param evaluatorId What counts them.
    /// @param pointer Contract whose code is a STOP byte and the chunks' commitments.
    /// @param rows Rows of all chunks.
    /// @param chunks How many there are.
    /// @param revealedChunks How many are revealed.
    /// @param firstRevealedAt When the first was, in seconds since 1970; zero before.
    /// @param lastRevealedAt When the latest was.
    /// @param revealed Bit i tells whether chunk i is.
    struct TestSet {
        bytes32 evaluatorId;
        address pointer;
        uint32 rows;
        uint16 chunks;
        uint16 revealedChunks;
        uint48 firstRevealedAt;
        uint48 lastRevealedAt;
        uint128 revealed;
    }

    /// @notice A version whose weights are linked to a commitment under an evaluator's key.
    struct Subject {
        uint224 modelId;
        uint32 version;
    }

    /// @notice The proven count of one chunk.
    struct ChunkProof {
        uint32 chunk;
        uint32 correct;
        uint256[8] proof;
    }

    /// @notice An evaluator was published; anyone may.
    event EvaluatorPublished(bytes32 indexed evaluatorId, bytes32 indexed servedArchitecture);

    /// @notice A test set was published; anyone may.
    event TestSetPublished(bytes32 indexed testSet, bytes32 indexed evaluatorId, uint256[] chunks);

    /// @notice A chunk of a test set is public: its packed rows, then its packed labels.
    event ChunkRevealed(bytes32 indexed testSet, uint256 indexed chunk, uint256 salt, uint256[] words);

    /// @notice A version was linked: proofs under this number of the evaluator count for it.
    event VersionLinked(
        bytes32 indexed evaluatorId, uint256 indexed modelId, uint32 indexed version, uint32 evaluation
    );

    /// @notice A chunk of a test set was counted for a version.
    event ChunkCounted(
        uint256 indexed modelId, uint32 indexed version, bytes32 indexed testSet, uint32 chunk, uint32 correct
    );

    /// @notice An architecture is not published, has other public signals, or there are no rows or words, or too many.
    error EvaluatorInvalid();

    /// @notice A point of the link key is infinity, outside the subgroup, or equal to another up to sign.
    error LinkKeyInvalid();

    /// @notice There is no such evaluator.
    error EvaluatorNotFound(bytes32 evaluatorId);

    /// @notice No chunks, more than 128, or a commitment that is not below the field's order.
    error TestSetInvalid();

    /// @notice There is no such test set.
    error TestSetNotFound(bytes32 testSet);

    /// @notice The test set has no such chunk.
    error ChunkNotFound(uint256 chunk);

    /// @notice The words are not those that the chunk commits to.
    error ChunkMismatch(uint256 chunk);

    /// @notice The chunk is revealed already.
    error AlreadyRevealed(uint256 chunk);

    /// @notice The version is none of the evaluator's architecture, or revoked.
    error VersionNotEvaluable(uint256 modelId, uint32 version);

    /// @notice The two commitments are not shown to be to the same weights.
    error LinkInvalid();

    /// @notice No version is linked under this number.
    error NotLinked(bytes32 evaluatorId, uint32 evaluation);

    /// @notice There is no proof of a chunk that is not counted for the version yet.
    error NothingToCount();

    /// @notice One of the proofs does not hold.
    error CountNotProven();

    /// @notice Publishes an evaluator. What is there already is left as it is.
    /// @return evaluatorId keccak256(abi.encode(evaluator)).
    function publishEvaluator(Evaluator calldata evaluator) external returns (bytes32 evaluatorId);

    /// @notice Publishes a test set. What is there already is left as it is.
    /// @param chunks Commitments to the chunks.
    /// @return testSet keccak256(abi.encode(evaluatorId, chunks)).
    function publishTestSet(bytes32 evaluatorId, uint256[] calldata chunks) external returns (bytes32 testSet);

    /// @notice Reveals a chunk: for whoever holds its salt. About 17,000 gas a word.
    /// @param words The packed rows, then the packed labels.
    function revealChunk(bytes32 testSet, uint256 chunk, uint256 salt, uint256[] calldata words) external;

    /// @notice Links a version to a commitment under the evaluator's key, which is published in the registry as a
    ///         version of a model that this contract holds: nobody can revoke it. A version may be linked often.
    /// @dev A link can be blinded anew by anyone who sees it, so that its version has a commitment that only he cannot
    ///      open either; therefore it is its number that proofs name, and no link stands in the way of another.
    /// @param weights The commitment under the evaluator's key, with its span proof.
    /// @param proof The link.
    /// @return evaluation Its number, by which {prove} names it.
    function link(
        bytes32 evaluatorId,
        uint256 modelId,
        uint32 version,
        IModelRegistry.WeightCommitment calldata weights,
        uint256[2] calldata proof
    ) external returns (uint32 evaluation);

    /// @notice Counts chunks for the version that is linked under a number. Those counted already are skipped; all other
    ///         proofs must hold. Anyone may hand them in: they are facts about the version, made for this contract and
    ///         {nonceOf} chunk and version.
    function prove(bytes32 testSet, uint32 evaluation, ChunkProof[] calldata proofs) external;

    /// @notice Where proofs are verified.
    function verifier() external view returns (IInferenceVerifier);

    /// @notice The registry of the versions.
    function registry() external view returns (IModelRegistry);

    /// @notice Whether a version is of the architecture that a test set's evaluator takes, and not revoked.
    function isEvaluable(uint256 modelId, uint32 version, bytes32 testSet) external view returns (bool);

    /// @notice The version that a number of an evaluator stands for; zero if none.
    function subjectOf(bytes32 evaluatorId, uint32 evaluation) external view returns (Subject memory);

    /// @notice The model, held by this contract, whose versions are the links of an evaluator; zero before the first.
    function modelOf(bytes32 evaluatorId) external view returns (uint256);

    /// @notice A test set's record; zero if there is none.
    function getTestSet(bytes32 testSet) external view returns (TestSet memory);

    /// @notice The commitment to a chunk.
    function commitmentOf(bytes32 testSet, uint256 chunk) external view returns (uint256);

    /// @notice An evaluator's record.
    function getEvaluator(bytes32 evaluatorId) external view returns (Evaluator memory);

    /// @notice The nonce that a proof is made for.
    function nonceOf(bytes32 testSet, uint256 modelId, uint32 version, uint256 chunk) external pure returns (uint256);
}
