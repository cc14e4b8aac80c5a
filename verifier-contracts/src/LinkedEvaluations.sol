// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERCZKMLRegistry} from "./interfaces/IERCZKMLRegistry.sol";
import {IEvaluations} from "./interfaces/IEvaluations.sol";
import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";
import {ILinkedEvaluations} from "./interfaces/ILinkedEvaluations.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {Bn254} from "./libraries/Bn254.sol";
import {KeyLint} from "./libraries/KeyLint.sol";
import {PoseidonPairs} from "./libraries/PoseidonPairs.sol";
import {WeightLink} from "./libraries/WeightLink.sol";
import {SSTORE2} from "solady/utils/SSTORE2.sol";

/// @title Proven accuracy of hidden weights on secret test sets
/// @dev See {ILinkedEvaluations}. What makes a count hold:
///      1. A proof shows, under a key of the evaluator with weights w*, how many answers on the rows that a commitment
///         is to are their labels.
///      2. The link shows that w* are the weights of the served version, whose key the registry made of its
///         architecture and a commitment.
///      3. Each chunk is counted once a version, and only when all are is the evaluation proven. What is counted already is
///         skipped: nobody stops a batch by handing in one of its proofs first.
///      All else is what a test set's id names: the evaluator, and so its keys, and the commitments to the rows.
contract LinkedEvaluations is ILinkedEvaluations {
    uint256 private constant MOST_CHUNKS = 128;
    /// @dev So that a chunk can be revealed in one transaction, which has 2^24 gas at most (EIP-7825).
    uint256 private constant MOST_WORDS = 896;
    bytes4 private constant GROTH16_BN254 = bytes4(keccak256("groth16-bn254-v1"));
    uint256 private constant SPAN_KEY = 128;

    /// @dev What of a test set is counted for a version; one slot.
    struct Progress {
        uint128 counted;
        uint32 correct;
        uint16 chunks;
    }

    /// @inheritdoc ILinkedEvaluations
    IInferenceVerifier public immutable verifier;

    /// @inheritdoc ILinkedEvaluations
    IModelRegistry public immutable registry;

    /// @inheritdoc ILinkedEvaluations
    mapping(bytes32 evaluatorId => uint256) public modelOf;

    mapping(bytes32 evaluatorId => address pointer) private _evaluators;
    mapping(bytes32 evaluatorId => mapping(uint32 evaluation => Subject)) private _subjects;
    mapping(bytes32 testSet => TestSet) private _testSets;
    mapping(bytes32 testSet => mapping(uint256 modelId => mapping(uint32 version => Progress))) private _progress;

    /// @param verifier_ Where proofs are verified, for good; its registry is the one whose versions are evaluated.
    constructor(IInferenceVerifier verifier_) {
        verifier = verifier_;
        registry = IModelRegistry(verifier_.registry());
    }

    /// @inheritdoc ILinkedEvaluations
    function publishEvaluator(Evaluator calldata evaluator) external returns (bytes32 evaluatorId) {
        bytes memory encoded = abi.encode(evaluator);
        evaluatorId = keccak256(encoded);
        if (_evaluators[evaluatorId] != address(0)) return evaluatorId;
        address evaluated = registry.architecturePointer(evaluator.evaluatedArchitecture);
        if (
            evaluated == address(0) || registry.architecturePointer(evaluator.servedArchitecture) == address(0)
                || evaluator.circuitHash == 0 || evaluator.tag >= Bn254.R || evaluator.rows == 0
                || evaluator.words == 0 || evaluator.words > MOST_WORDS
        ) revert EvaluatorInvalid();
        // commitment, count and context: four points IC
        if (KeyLint.pointCount(evaluated.code.length - 1 - SPAN_KEY) != 4) revert EvaluatorInvalid();
        WeightLink.checkKey(evaluator.linkKey);
        _evaluators[evaluatorId] = SSTORE2.write(encoded);
        emit EvaluatorPublished(evaluatorId, evaluator.servedArchitecture);
    }

    /// @inheritdoc ILinkedEvaluations
    function publishTestSet(bytes32 evaluatorId, uint256[] calldata chunks) external returns (bytes32 testSet) {
        testSet = keccak256(abi.encode(evaluatorId, chunks));
        if (_testSets[testSet].pointer != address(0)) return testSet;
        uint16 rows = getEvaluator(evaluatorId).rows;
        if (chunks.length == 0 || chunks.length > MOST_CHUNKS) revert TestSetInvalid();
        for (uint256 i; i < chunks.length; ++i) {
            if (chunks[i] >= Bn254.R) revert TestSetInvalid();
        }
        TestSet storage record = _testSets[testSet];
        record.evaluatorId = evaluatorId;
        record.pointer = SSTORE2.write(abi.encodePacked(chunks));
        record.rows = uint32(rows * chunks.length);
        record.chunks = uint16(chunks.length);
        emit TestSetPublished(testSet, evaluatorId, chunks);
    }

    /// @inheritdoc ILinkedEvaluations
    function revealChunk(bytes32 testSet, uint256 chunk, uint256 salt, uint256[] calldata words) external {
        TestSet storage record = _existing(testSet);
        uint256 commitment = _commitmentOf(record, chunk);
        if (record.revealed & _bit(chunk) != 0) revert AlreadyRevealed(chunk);
        Evaluator memory evaluator = getEvaluator(record.evaluatorId);
        bool canonical = words.length == evaluator.words && salt < Bn254.R;
        for (uint256 i; i < words.length && canonical; ++i) {
            canonical = words[i] < Bn254.R;
        }
        if (!canonical || PoseidonPairs.digest(evaluator.tag, salt, words) != commitment) {
            revert ChunkMismatch(chunk);
        }
        record.revealed |= _bit(chunk);
        record.revealedChunks += 1;
        if (record.firstRevealedAt == 0) record.firstRevealedAt = uint48(block.timestamp);
        record.lastRevealedAt = uint48(block.timestamp);
        emit ChunkRevealed(testSet, chunk, salt, words);
    }

    /// @inheritdoc ILinkedEvaluations
    function link(
        bytes32 evaluatorId,
        uint256 modelId,
        uint32 version,
        IModelRegistry.WeightCommitment calldata weights,
        uint256[2] calldata proof
    ) external returns (uint32 evaluation) {
        Evaluator memory evaluator = getEvaluator(evaluatorId);
        if (!_isOf(evaluator.servedArchitecture, modelId, version)) revert VersionNotEvaluable(modelId, version);
        uint256[2] memory served = WeightLink.commitmentOf(
            registry.infoOf(modelId, version).key, registry.architecturePointer(evaluator.servedArchitecture)
        );
        if (!WeightLink.holds(evaluator.linkKey, served, weights.commitment, proof)) revert LinkInvalid();
        evaluation = _publish(evaluatorId, evaluator, modelId, version, weights);
        _subjects[evaluatorId][evaluation] = Subject(uint224(modelId), version); // ids are counted from 1
        emit VersionLinked(evaluatorId, modelId, version, evaluation);
    }

    /// @inheritdoc ILinkedEvaluations
    function prove(bytes32 testSet, uint32 evaluation, ChunkProof[] calldata proofs) external {
        TestSet memory record = _existing(testSet);
        Subject memory subject = _subjects[record.evaluatorId][evaluation];
        if (subject.version == 0) revert NotLinked(record.evaluatorId, evaluation);
        Progress memory progress = _progress[testSet][subject.modelId][subject.version];
        IInferenceVerifier.Inference[] memory inferences = new IInferenceVerifier.Inference[](proofs.length);
        uint256 fresh;
        for (uint256 i; i < proofs.length; ++i) {
            ChunkProof calldata counted = proofs[i];
            uint256[] memory statement = new uint256[](2);
            (statement[0], statement[1]) = (_commitmentOf(record, counted.chunk), counted.correct);
            if (progress.counted & _bit(counted.chunk) != 0) continue;
            progress.counted |= _bit(counted.chunk);
            progress.correct += counted.correct;
            progress.chunks += 1;
            inferences[fresh++] = IInferenceVerifier.Inference({
                proof: counted.proof,
                statement: statement,
                requester: address(this),
                nonce: nonceOf(testSet, subject.modelId, subject.version, counted.chunk)
            });
            emit ChunkCounted(subject.modelId, subject.version, testSet, counted.chunk, counted.correct);
        }
        if (fresh == 0) revert NothingToCount();
        assembly ("memory-safe") {
            mstore(inferences, fresh)
        }
        _progress[testSet][subject.modelId][subject.version] = progress;
        if (!verifier.verifyBatch(modelOf[record.evaluatorId], evaluation, inferences)) revert CountNotProven();
        if (progress.chunks == record.chunks) {
            emit EvaluationProven(subject.modelId, subject.version, testSet, progress.correct, record.rows);
        }
    }

    /// @inheritdoc IEvaluations
    function evaluationOf(uint256 modelId, uint32 version, bytes32 testSet)
        external
        view
        returns (bool proven, uint32 correct, uint32 rows)
    {
        Progress storage progress = _progress[testSet][modelId][version];
        TestSet storage record = _testSets[testSet];
        (correct, rows) = (progress.correct, record.rows);
        proven = rows != 0 && progress.chunks == record.chunks;
    }

    /// @inheritdoc ILinkedEvaluations
    function isEvaluable(uint256 modelId, uint32 version, bytes32 testSet) external view returns (bool) {
        return _isOf(getEvaluator(_existing(testSet).evaluatorId).servedArchitecture, modelId, version);
    }

    /// @inheritdoc ILinkedEvaluations
    function subjectOf(bytes32 evaluatorId, uint32 evaluation) external view returns (Subject memory) {
        return _subjects[evaluatorId][evaluation];
    }

    /// @inheritdoc ILinkedEvaluations
    function getTestSet(bytes32 testSet) external view returns (TestSet memory) {
        return _testSets[testSet];
    }

    /// @inheritdoc ILinkedEvaluations
    function commitmentOf(bytes32 testSet, uint256 chunk) external view returns (uint256) {
        return _commitmentOf(_existing(testSet), chunk);
    }

    /// @inheritdoc ILinkedEvaluations
    function getEvaluator(bytes32 evaluatorId) public view returns (Evaluator memory) {
        address pointer = _evaluators[evaluatorId];
        if (pointer == address(0)) revert EvaluatorNotFound(evaluatorId);
        return abi.decode(SSTORE2.read(pointer), (Evaluator));
    }

    /// @inheritdoc ILinkedEvaluations
    function nonceOf(bytes32 testSet, uint256 modelId, uint32 version, uint256 chunk) public pure returns (uint256) {
        return uint256(keccak256(abi.encode(testSet, modelId, version, chunk)));
    }

    /// @dev Publishes a commitment under the evaluator's key as a version of the model that this contract holds. Keys
    ///      with committed weights come from one party's set-up, which is what `Development` says.
    function _publish(
        bytes32 evaluatorId,
        Evaluator memory evaluator,
        uint256 modelId,
        uint32 version,
        IModelRegistry.WeightCommitment calldata weights
    ) private returns (uint32 evaluation) {
        IERCZKMLRegistry.ModelCommitment memory commitment = IERCZKMLRegistry.ModelCommitment({
            modelHash: keccak256(abi.encode(evaluatorId, modelId, version)),
            circuitHash: evaluator.circuitHash,
            vkHash: registry.publishCommittedKey(evaluator.evaluatedArchitecture, weights),
            proofSystemId: GROTH16_BN254,
            uri: ""
        });
        IModelRegistry.VersionTerms memory terms = IModelRegistry.VersionTerms({
            setup: IModelRegistry.SetupKind.Development, transcriptHash: 0, inputSignals: 1, outputSignals: 1
        });
        uint256 own = modelOf[evaluatorId];
        if (own != 0) return registry.publishVersion(own, commitment, terms, "");
        modelOf[evaluatorId] = registry.publishModel(commitment, terms, "");
        return 1;
    }

    /// @dev Whether the key of a version that is not revoked was made from the architecture.
    function _isOf(bytes32 architectureId, uint256 modelId, uint32 version) private view returns (bool) {
        IModelRegistry.VersionStatus status = registry.infoOf(modelId, version).status;
        if (status == IModelRegistry.VersionStatus.None || status == IModelRegistry.VersionStatus.Revoked) {
            return false;
        }
        (IERCZKMLRegistry.ModelCommitment memory commitment,,) = registry.getVersion(modelId, version);
        return registry.isCommittedUnder(commitment.vkHash, architectureId);
    }

    function _existing(bytes32 testSet) private view returns (TestSet storage record) {
        record = _testSets[testSet];
        if (record.pointer == address(0)) revert TestSetNotFound(testSet);
    }

    function _commitmentOf(TestSet memory record, uint256 chunk) private view returns (uint256) {
        if (chunk >= record.chunks) revert ChunkNotFound(chunk);
        return abi.decode(SSTORE2.read(record.pointer, 32 * chunk, 32 * chunk + 32), (uint256));
    }

    function _bit(uint256 chunk) private pure returns (uint128) {
        return uint128(1 << chunk);
    }
}
