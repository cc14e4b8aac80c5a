// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {HolderRoyalty} from "./HolderRoyalty.sol";
import {IERCZKMLRegistry} from "./interfaces/IERCZKMLRegistry.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {CommittedKey} from "./libraries/CommittedKey.sol";
import {ERC7992Errors} from "./libraries/ERC7992Errors.sol";
import {Groth16} from "./libraries/Groth16.sol";
import {KeyLint} from "./libraries/KeyLint.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {SSTORE2} from "solady/utils/SSTORE2.sol";

/// @title Registry of models with versions, keys and status
/// @dev See {IModelRegistry}. Nobody but a model's holder has any power over it, and the holder cannot change a
///      published version but for its status.
contract ModelRegistry is IModelRegistry, HolderRoyalty {
    /// @dev The one proof system there is: its name's hash, as ERC-7992 derives it.
    bytes4 private constant GROTH16_BN254 = bytes4(keccak256("groth16-bn254-v1"));

    /// @inheritdoc IModelRegistry
    uint256 public modelCount;

    /// @inheritdoc IModelRegistry
    mapping(bytes32 vkHash => address) public keyPointer;

    /// @inheritdoc IModelRegistry
    mapping(bytes32 architectureId => address) public architecturePointer;

    /// @inheritdoc IModelRegistry
    mapping(bytes32 vkHash => mapping(bytes32 architectureId => bool)) public isCommittedUnder;

    /// @inheritdoc IModelRegistry
    mapping(uint256 modelId => uint32) public currentVersion;

    mapping(uint256 modelId => mapping(uint32 version => VersionInfo)) private _infos;
    mapping(uint256 modelId => mapping(uint32 version => ModelCommitment)) private _commitments;
    mapping(uint256 modelId => mapping(uint32 version => bytes32)) private _transcripts;
    mapping(address publisher => mapping(bytes32 setup => bool)) private _declaredDevelopment;

    constructor() ERC721("zkserve models", "ZKMODEL") {}

    modifier onlyModelOwner(uint256 modelId) {
        if (_existingOwner(modelId) != msg.sender) revert NotModelOwner(modelId, msg.sender);
        _;
    }

    /// @inheritdoc IERCZKMLRegistry
    function registerModel(ModelCommitment calldata commitment) external returns (uint256 modelId) {
        modelId = _register(commitment, _defaultTerms(commitment.vkHash));
    }

    /// @inheritdoc IModelRegistry
    function publishModel(ModelCommitment calldata commitment, VersionTerms calldata terms, bytes calldata key)
        external
        returns (uint256 modelId)
    {
        _publishGiven(key, commitment.vkHash);
        modelId = _register(commitment, terms);
    }

    /// @inheritdoc IERCZKMLRegistry
    function updateModel(uint256 modelId, ModelCommitment calldata newCommitment) external onlyModelOwner(modelId) {
        _update(modelId, newCommitment, _defaultTerms(newCommitment.vkHash));
    }

    /// @inheritdoc IModelRegistry
    function publishVersion(
        uint256 modelId,
        ModelCommitment calldata commitment,
        VersionTerms calldata terms,
        bytes calldata key
    ) external onlyModelOwner(modelId) returns (uint32 version) {
        _publishGiven(key, commitment.vkHash);
        version = _update(modelId, commitment, terms);
    }

    /// @inheritdoc IModelRegistry
    function publishCommittedModel(
        ModelCommitment calldata commitment,
        VersionTerms calldata terms,
        bytes32 architectureId,
        WeightCommitment calldata weights
    ) external returns (uint256 modelId) {
        _requireHash(commitment.vkHash, _publishCommittedKey(architectureId, weights));
        modelId = _register(commitment, terms);
    }

    /// @inheritdoc IModelRegistry
    function publishCommittedVersion(
        uint256 modelId,
        ModelCommitment calldata commitment,
        VersionTerms calldata terms,
        bytes32 architectureId,
        WeightCommitment calldata weights
    ) external onlyModelOwner(modelId) returns (uint32 version) {
        _requireHash(commitment.vkHash, _publishCommittedKey(architectureId, weights));
        version = _update(modelId, commitment, terms);
    }

    /// @inheritdoc IERCZKMLRegistry
    function deprecateModel(uint256 modelId) external onlyModelOwner(modelId) {
        uint32 version = currentVersion[modelId];
        if (_infos[modelId][version].status != VersionStatus.Active) revert ERC7992Errors.ModelDeprecated(modelId);
        _setStatus(modelId, version, VersionStatus.Deprecated);
    }

    /// @inheritdoc IModelRegistry
    function setVersionStatus(uint256 modelId, uint32 version, VersionStatus status)
        external
        onlyModelOwner(modelId)
    {
        VersionStatus current = _infos[modelId][version].status;
        if (current == VersionStatus.None) revert VersionNotFound(modelId, version);
        if (status <= current) revert StatusNotForward(current, status);
        _setStatus(modelId, version, status);
    }

    /// @inheritdoc IModelRegistry
    function publishKey(bytes calldata key) external returns (bytes32 vkHash) {
        vkHash = _publishKey(key);
    }

    /// @inheritdoc IModelRegistry
    function publishCommittedKey(bytes32 architectureId, WeightCommitment calldata weights)
        external
        returns (bytes32 vkHash)
    {
        vkHash = _publishCommittedKey(architectureId, weights);
    }

    /// @inheritdoc IModelRegistry
    function publishArchitecture(bytes calldata key, bytes calldata spanKey)
        external
        returns (bytes32 architectureId)
    {
        bytes memory architecture = bytes.concat(key, spanKey);
        architectureId = keccak256(architecture);
        if (architecturePointer[architectureId] != address(0)) return architectureId;
        KeyLint.check(key);
        CommittedKey.checkSpanKey(architecture, spanKey.length);
        address pointer = SSTORE2.write(architecture);
        architecturePointer[architectureId] = pointer;
        emit ArchitecturePublished(architectureId, pointer, KeyLint.pointCount(key.length) - 1);
    }

    /// @inheritdoc IERCZKMLRegistry
    function getModel(uint256 modelId)
        external
        view
        returns (ModelCommitment memory commitment, bool deprecated, address owner)
    {
        owner = _existingOwner(modelId);
        uint32 version = currentVersion[modelId];
        commitment = _commitments[modelId][version];
        deprecated = _infos[modelId][version].status != VersionStatus.Active;
    }

    /// @inheritdoc IModelRegistry
    function getVersion(uint256 modelId, uint32 version)
        external
        view
        returns (ModelCommitment memory commitment, VersionInfo memory info, bytes32 transcriptHash)
    {
        info = _infos[modelId][version];
        if (info.status == VersionStatus.None) revert VersionNotFound(modelId, version);
        commitment = _commitments[modelId][version];
        transcriptHash = _transcripts[modelId][version];
    }

    /// @inheritdoc IModelRegistry
    function infoOf(uint256 modelId, uint32 version) external view returns (VersionInfo memory) {
        return _infos[modelId][version];
    }

    /// @inheritdoc IModelRegistry
    function keyBytes(bytes32 vkHash) external view returns (bytes memory) {
        return SSTORE2.read(_existingKey(vkHash));
    }

    /// @notice The metadata URI of the model's current version.
    function tokenURI(uint256 modelId) public view override returns (string memory) {
        _existingOwner(modelId);
        return _commitments[modelId][currentVersion[modelId]].uri;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IERCZKMLRegistry).interfaceId || super.supportsInterface(interfaceId);
    }

    function _register(ModelCommitment calldata commitment, VersionTerms memory terms)
        private
        returns (uint256 modelId)
    {
        modelId = ++modelCount;
        _mint(msg.sender, modelId);
        emit ModelRegistered(modelId, msg.sender, commitment);
        _addVersion(modelId, commitment, terms);
    }

    function _update(uint256 modelId, ModelCommitment calldata commitment, VersionTerms memory terms)
        private
        returns (uint32 version)
    {
        emit ModelUpdated(modelId, _commitments[modelId][currentVersion[modelId]], commitment);
        version = _addVersion(modelId, commitment, terms);
    }

    /// @dev All rules for a version are here, whichever function it came through.
    function _addVersion(uint256 modelId, ModelCommitment calldata commitment, VersionTerms memory terms)
        private
        returns (uint32 version)
    {
        if (commitment.modelHash == 0 || commitment.circuitHash == 0) revert EmptyCommitment();
        if (commitment.proofSystemId != GROTH16_BN254) revert UnsupportedProofSystem(commitment.proofSystemId);
        address key = _existingKey(commitment.vkHash);
        uint256 actual = _publicSignals(key);
        uint256 expected = uint256(terms.inputSignals) + terms.outputSignals + 1;
        if (terms.inputSignals == 0 || terms.outputSignals == 0 || expected != actual) {
            revert KeySignalCountMismatch(expected, actual);
        }
        _declareSetup(commitment.vkHash, key, terms);

        version = ++currentVersion[modelId];
        _commitments[modelId][version] = commitment;
        _infos[modelId][version] = VersionInfo({
            key: key,
            status: VersionStatus.Active,
            setup: terms.setup,
            inputSignals: terms.inputSignals,
            outputSignals: terms.outputSignals
        });
        if (terms.transcriptHash != 0) _transcripts[modelId][version] = terms.transcriptHash;
        emit VersionPublished(modelId, version, commitment.vkHash, terms);
    }

    /// @dev alpha, beta, gamma and delta tell one set-up from another: all versions of an architecture share them.
    function _declareSetup(bytes32 vkHash, address key, VersionTerms memory terms) private {
        bool production = terms.setup == SetupKind.Production;
        if (production != (terms.transcriptHash != 0)) revert TranscriptMismatch();
        bytes32 setup = keccak256(SSTORE2.read(key, 0, Groth16.IC));
        if (!production) _declaredDevelopment[msg.sender][setup] = true;
        else if (_declaredDevelopment[msg.sender][setup]) revert DevelopmentKey(vkHash);
    }

    function _setStatus(uint256 modelId, uint32 version, VersionStatus status) private {
        _infos[modelId][version].status = status;
        if (version == currentVersion[modelId] && status == VersionStatus.Deprecated) emit ModelDeprecated(modelId);
        emit VersionStatusChanged(modelId, version, status);
    }

    function _publishGiven(bytes calldata key, bytes32 expected) private {
        if (key.length == 0) return;
        _requireHash(expected, _publishKey(key));
    }

    function _requireHash(bytes32 expected, bytes32 actual) private pure {
        if (actual != expected) revert KeyHashMismatch(expected, actual);
    }

    function _publishCommittedKey(bytes32 architectureId, WeightCommitment calldata weights)
        private
        returns (bytes32 vkHash)
    {
        address pointer = architecturePointer[architectureId];
        if (pointer == address(0)) revert ArchitectureNotPublished(architectureId);
        vkHash = _publishKey(CommittedKey.fold(SSTORE2.read(pointer), weights));
        isCommittedUnder[vkHash][architectureId] = true;
        emit WeightsCommitted(vkHash, architectureId, weights);
    }

    function _publishKey(bytes memory key) private returns (bytes32 vkHash) {
        vkHash = keccak256(key);
        if (keyPointer[vkHash] != address(0)) return vkHash;
        KeyLint.check(key);
        address pointer = SSTORE2.write(key);
        keyPointer[vkHash] = pointer;
        emit KeyPublished(vkHash, pointer, _publicSignals(pointer));
    }

    /// @dev ERC-7992's own functions carry no terms: one input commitment, the rest outputs, nothing claimed.
    function _defaultTerms(bytes32 vkHash) private view returns (VersionTerms memory terms) {
        uint256 publicSignals = _publicSignals(_existingKey(vkHash));
        terms.inputSignals = 1;
        terms.outputSignals = uint16(publicSignals < 2 ? 0 : publicSignals - 2);
    }

    /// @dev The code of a key's contract is a STOP byte and the key.
    function _publicSignals(address pointer) private view returns (uint256) {
        return KeyLint.pointCount(pointer.code.length - 1) - 1;
    }

    function _existingKey(bytes32 vkHash) private view returns (address pointer) {
        pointer = keyPointer[vkHash];
        if (pointer == address(0)) revert KeyNotPublished(vkHash);
    }

    function _existingOwner(uint256 modelId) private view returns (address owner) {
        owner = _ownerOf(modelId);
        if (owner == address(0)) revert ModelNotFound(modelId);
    }
}
