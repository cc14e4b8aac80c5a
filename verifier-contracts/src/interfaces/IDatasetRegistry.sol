// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IHolderRoyalty} from "./IHolderRoyalty.sol";

/// @title Registry of datasets
/// @notice Each dataset is an ERC-721 token whose holder publishes its versions; they are numbered from 1 and never
///         change. A content hash is the subject of the dataset's records in {IProvenance}, a licence hash the content
///         of its licence record there: SHA-256 of the file, or of a folder's list, as `zkserve provenance` makes it.
/// @dev Anyone may publish any hash, also one that was published before: a token does not say whose the data are. Were
///      hashes taken once, whoever copies a publication under way would lock its owner out.
interface IDatasetRegistry is IHolderRoyalty {
    /// @notice What a version is.
    /// @param contentHash Hash of the data; not zero.
    /// @param licenceHash Hash of the licence text; zero where none is named.
    /// @param uri Where data or their description are, if anywhere.
    struct DatasetVersion {
        bytes32 contentHash;
        bytes32 licenceHash;
        string uri;
    }

    /// @notice A version was published; the first one makes the dataset.
    event DatasetPublished(
        uint256 indexed datasetId,
        uint32 indexed version,
        bytes32 indexed contentHash,
        bytes32 licenceHash,
        string uri
    );

    /// @notice A version has a content hash.
    error EmptyContent();

    /// @notice There is no such version.
    error DatasetVersionNotFound(uint256 datasetId, uint32 version);

    /// @notice Makes a dataset that the caller holds, with its first version.
    /// @return datasetId Ids count up from 1.
    function publishDataset(DatasetVersion calldata first) external returns (uint256 datasetId);

    /// @notice Adds a version, which is the current one from then on. Holder only.
    function publishVersion(uint256 datasetId, DatasetVersion calldata next) external returns (uint32 version);

    /// @notice A version. @dev Reverts with `DatasetVersionNotFound`.
    function getVersion(uint256 datasetId, uint32 version) external view returns (DatasetVersion memory);

    /// @notice How many datasets there are; ids run from 1 to this number.
    function datasetCount() external view returns (uint256);

    /// @notice The number of the current version; 0 if there is no such dataset.
    function currentVersion(uint256 datasetId) external view returns (uint32);
}
