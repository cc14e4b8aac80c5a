// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERCZKMLRegistry} from "./interfaces/IERCZKMLRegistry.sol";
import {IERCZKMLStorageExtension} from "./interfaces/IERCZKMLStorageExtension.sol";
import {IERCZKMLVerifier} from "./interfaces/IERCZKMLVerifier.sol";
import {IInferenceVerifier} from "./interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {Groth16} from "./libraries/Groth16.sol";
import {InferenceRecord} from "./libraries/InferenceRecord.sol";
import {NonceBitmap} from "./libraries/NonceBitmap.sol";
import {ProofContext} from "./libraries/ProofContext.sol";
import {StandardEncoding} from "./libraries/StandardEncoding.sol";
import {Words} from "./libraries/Words.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {SSTORE2} from "solady/utils/SSTORE2.sol";

/// @title Verifier of proven inferences, one for all models of a registry
/// @dev See {IInferenceVerifier}. No owner, no upgrade, no external call but to the registry and the precompiles.
///      Everything stands on {_verdict}, and in batches on the same rules before one pairing check.
contract InferenceVerifier is IInferenceVerifier, ERC165 {
    using NonceBitmap for NonceBitmap.Bitmap;

    struct StoredInference {
        uint256 modelId;
        bytes32 inputCommitment;
        uint32 version;
        bytes output;
    }

    IModelRegistry private immutable _registry;

    NonceBitmap.Bitmap private _nonces;
    mapping(bytes32 inferenceId => StoredInference) private _stored;

    /// @param registry_ The registry whose models are verified, for good.
    constructor(IModelRegistry registry_) {
        _registry = registry_;
    }

    /// @inheritdoc IInferenceVerifier
    function verify(uint256 modelId, uint32 version, Inference calldata inference) external view returns (bool) {
        return _check(_registry.infoOf(modelId, version), inference) == Verdict.Valid;
    }

    /// @inheritdoc IInferenceVerifier
    function check(uint256 modelId, uint32 version, Inference calldata inference) external view returns (Verdict) {
        return _check(_registry.infoOf(modelId, version), inference);
    }

    /// @inheritdoc IInferenceVerifier
    function verifyBatch(uint256 modelId, uint32 version, Inference[] calldata inferences)
        external
        view
        returns (bool)
    {
        return _checkBatch(_registry.infoOf(modelId, version), inferences) == Verdict.Valid;
    }

    /// @inheritdoc IInferenceVerifier
    function checkEach(uint256 modelId, uint32 version, Inference[] calldata inferences)
        external
        view
        returns (Verdict[] memory verdicts)
    {
        IModelRegistry.VersionInfo memory info = _registry.infoOf(modelId, version);
        verdicts = new Verdict[](inferences.length);
        for (uint256 i; i < inferences.length; ++i) {
            verdicts[i] = _check(info, inferences[i]);
        }
    }

    /// @inheritdoc IInferenceVerifier
    function certify(uint256 modelId, uint32 version, Inference calldata inference) external view {
        _requireCaller(inference);
        _requireValid(_check(_registry.infoOf(modelId, version), inference), modelId, version);
    }

    /// @inheritdoc IInferenceVerifier
    function consume(uint256 modelId, uint32 version, Inference calldata inference) external {
        _spend(inference);
        _requireValid(_check(_registry.infoOf(modelId, version), inference), modelId, version);
        _emitConsumed(modelId, version, inference);
    }

    /// @inheritdoc IInferenceVerifier
    function consumeBatch(uint256 modelId, uint32 version, Inference[] calldata inferences) external {
        for (uint256 i; i < inferences.length; ++i) {
            _spend(inferences[i]);
            _emitConsumed(modelId, version, inferences[i]);
        }
        _requireValid(_checkBatch(_registry.infoOf(modelId, version), inferences), modelId, version);
    }

    /// @inheritdoc IInferenceVerifier
    function consumeEach(uint256 modelId, uint32 version, Inference[] calldata inferences)
        external
        returns (Verdict[] memory verdicts)
    {
        IModelRegistry.VersionInfo memory info = _registry.infoOf(modelId, version);
        verdicts = new Verdict[](inferences.length);
        for (uint256 i; i < inferences.length; ++i) {
            Inference calldata inference = inferences[i];
            if (inference.requester != msg.sender) {
                verdicts[i] = Verdict.RequesterWrong;
            } else if (_nonces.isSpent(msg.sender, inference.nonce)) {
                verdicts[i] = Verdict.NonceSpent;
            } else {
                verdicts[i] = _check(info, inference);
            }
            if (verdicts[i] != Verdict.Valid) continue;
            _nonces.spend(msg.sender, inference.nonce);
            _emitConsumed(modelId, version, inference);
        }
    }

    /// @inheritdoc IERCZKMLVerifier
    function verifyInference(uint256 modelId, bytes32 inputCommitment, bytes calldata output, bytes calldata proof)
        external
    {
        _verifyCurrent(modelId, inputCommitment, output, proof);
    }

    /// @inheritdoc IERCZKMLStorageExtension
    /// @dev Storing the same inference again verifies it and changes nothing: the first record stands.
    function verifyAndStoreInference(
        uint256 modelId,
        bytes32 inputCommitment,
        bytes calldata output,
        bytes calldata proof
    ) external returns (bytes32 inferenceId) {
        uint32 version = _verifyCurrent(modelId, inputCommitment, output, proof);
        inferenceId = keccak256(abi.encodePacked(modelId, inputCommitment, output));
        if (_stored[inferenceId].version != 0) return inferenceId;
        _stored[inferenceId] = StoredInference(modelId, inputCommitment, version, output);
        emit InferenceStored(inferenceId);
    }

    /// @inheritdoc IERCZKMLStorageExtension
    function getInference(bytes32 inferenceId)
        external
        view
        returns (uint256 modelId, bytes32 inputCommitment, bytes memory output)
    {
        StoredInference storage record = _stored[inferenceId];
        if (record.version == 0) revert InferenceNotFound(inferenceId);
        return (record.modelId, record.inputCommitment, record.output);
    }

    /// @inheritdoc IInferenceVerifier
    function versionOfInference(bytes32 inferenceId) external view returns (uint32) {
        return _stored[inferenceId].version;
    }

    /// @inheritdoc IInferenceVerifier
    function contextOf(address requester, uint256 nonce) external view returns (uint256) {
        return ProofContext.compute(address(this), requester, nonce);
    }

    /// @inheritdoc IInferenceVerifier
    function isNonceSpent(address requester, uint256 nonce) external view returns (bool) {
        return _nonces.isSpent(requester, nonce);
    }

    /// @inheritdoc IERCZKMLVerifier
    function registry() external view returns (address) {
        return address(_registry);
    }

    /// @inheritdoc IERCZKMLVerifier
    function proofSystemOf(uint256 modelId) external view returns (bytes4) {
        (IERCZKMLRegistry.ModelCommitment memory commitment,,) = _registry.getModel(modelId);
        return commitment.proofSystemId;
    }

    /// @inheritdoc ERC165
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IERCZKMLVerifier).interfaceId
            || interfaceId == type(IERCZKMLStorageExtension).interfaceId || super.supportsInterface(interfaceId);
    }

    /// @dev The one internal check: single proofs end here, and batches follow the same rules before their pairing.
    function _verdict(address key, uint256 record, uint256 signals) private view returns (Verdict) {
        if (!Groth16.signalsInField(record, signals)) return Verdict.SignalOutOfField;
        return Groth16.verify(SSTORE2.read(key), record, signals) ? Verdict.Valid : Verdict.ProofInvalid;
    }

    function _check(IModelRegistry.VersionInfo memory info, Inference calldata inference)
        private
        view
        returns (Verdict verdict)
    {
        verdict = _statusVerdict(info);
        if (verdict != Verdict.Valid) return verdict;
        uint256 signals = _signalCount(info);
        uint256 record = Words.allocate(InferenceRecord.size(signals) / 32);
        if (!InferenceRecord.write(inference, record, signals)) return Verdict.StatementLengthWrong;
        return _verdict(info.key, record, signals);
    }

    function _checkBatch(IModelRegistry.VersionInfo memory info, Inference[] calldata inferences)
        private
        view
        returns (Verdict verdict)
    {
        verdict = _statusVerdict(info);
        if (verdict != Verdict.Valid) return verdict;
        uint256 signals = _signalCount(info);
        uint256 stride = InferenceRecord.size(signals);
        uint256 records = Words.allocate(inferences.length * stride / 32);
        uint256 record = records;
        for (uint256 i; i < inferences.length; ++i) {
            if (!InferenceRecord.write(inferences[i], record, signals)) return Verdict.StatementLengthWrong;
            if (!Groth16.signalsInField(record, signals)) return Verdict.SignalOutOfField;
            record += stride;
        }
        return Groth16.verifyBatch(SSTORE2.read(info.key), records, inferences.length, signals)
            ? Verdict.Valid
            : Verdict.ProofInvalid;
    }

    function _statusVerdict(IModelRegistry.VersionInfo memory info) private pure returns (Verdict) {
        if (info.status == IModelRegistry.VersionStatus.None) return Verdict.VersionUnknown;
        if (info.status == IModelRegistry.VersionStatus.Revoked) return Verdict.VersionRevoked;
        return Verdict.Valid;
    }

    /// @dev Input and output signals, and the context.
    function _signalCount(IModelRegistry.VersionInfo memory info) private pure returns (uint256) {
        unchecked {
            return uint256(info.inputSignals) + info.outputSignals + 1;
        }
    }

    /// @dev ERC-7992's checks against the current version.
    function _verifyCurrent(uint256 modelId, bytes32 inputCommitment, bytes calldata output, bytes calldata proof)
        private
        returns (uint32 version)
    {
        version = _registry.currentVersion(modelId);
        if (version == 0) revert IERCZKMLRegistry.ModelNotFound(modelId);
        IModelRegistry.VersionInfo memory info = _registry.infoOf(modelId, version);
        if (info.status == IModelRegistry.VersionStatus.Deprecated) {
            revert VerificationRefused_ModelDeprecated(modelId);
        }
        _requireValid(_statusVerdict(info), modelId, version);
        uint256 record = StandardEncoding.toRecord(info, inputCommitment, output, proof);
        _requireValid(_verdict(info.key, record, _signalCount(info)), modelId, version);
        emit InferenceVerified(modelId, inputCommitment, output, msg.sender);
    }

    function _requireCaller(Inference calldata inference) private view {
        if (inference.requester != msg.sender) revert NotRequester(inference.requester, msg.sender);
    }

    function _spend(Inference calldata inference) private {
        _requireCaller(inference);
        if (!_nonces.spend(msg.sender, inference.nonce)) revert NonceSpent(msg.sender, inference.nonce);
    }

    function _emitConsumed(uint256 modelId, uint32 version, Inference calldata inference) private {
        emit InferenceConsumed(modelId, inference.requester, inference.nonce, version, inference.statement);
    }

    function _requireValid(Verdict verdict, uint256 modelId, uint32 version) private pure {
        if (verdict == Verdict.Valid) return;
        if (verdict == Verdict.VersionUnknown) revert VersionNotFound(modelId, version);
        if (verdict == Verdict.VersionRevoked) revert VersionRefused_Revoked(modelId, version);
        if (verdict == Verdict.StatementLengthWrong) revert StatementLengthWrong();
        if (verdict == Verdict.SignalOutOfField) revert SignalOutOfField();
        revert InvalidProof();
    }
}
