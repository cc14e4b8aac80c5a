// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {HolderRoyalty} from "./HolderRoyalty.sol";
import {IDatasetRegistry} from "./interfaces/IDatasetRegistry.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @title Registry of datasets
/// @dev See {IDatasetRegistry}.
contract DatasetRegistry is IDatasetRegistry, HolderRoyalty {
    /// @inheritdoc IDatasetRegistry
    uint256 public datasetCount;

    /// @inheritdoc IDatasetRegistry
    mapping(uint256 datasetId => uint32) public currentVersion;

    mapping(uint256 datasetId => mapping(uint32 version => DatasetVersion)) private _versions;

    constructor() ERC721("zkserve datasets", "ZKDATA") {}

    /// @inheritdoc IDatasetRegistry
    function publishDataset(DatasetVersion calldata first) external returns (uint256 datasetId) {
        datasetId = ++datasetCount;
        _mint(msg.sender, datasetId);
        _add(datasetId, first);
    }

    /// @inheritdoc IDatasetRegistry
    function publishVersion(uint256 datasetId, DatasetVersion calldata next) external returns (uint32 version) {
        if (_ownerOf(datasetId) != msg.sender) revert NotHolder(datasetId, msg.sender);
        version = _add(datasetId, next);
    }

    /// @inheritdoc IDatasetRegistry
    function getVersion(uint256 datasetId, uint32 version) external view returns (DatasetVersion memory found) {
        found = _versions[datasetId][version];
        if (found.contentHash == 0) revert DatasetVersionNotFound(datasetId, version);
    }

    /// @notice The URI of the dataset's current version.
    function tokenURI(uint256 datasetId) public view override returns (string memory) {
        _requireOwned(datasetId);
        return _versions[datasetId][currentVersion[datasetId]].uri;
    }

    function _add(uint256 datasetId, DatasetVersion calldata given) private returns (uint32 version) {
        if (given.contentHash == 0) revert EmptyContent();
        version = ++currentVersion[datasetId];
        _versions[datasetId][version] = given;
        emit DatasetPublished(datasetId, version, given.contentHash, given.licenceHash, given.uri);
    }
}
