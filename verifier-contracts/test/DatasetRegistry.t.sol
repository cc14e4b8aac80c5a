// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {DatasetRegistry} from "../src/DatasetRegistry.sol";
import {IDatasetRegistry} from "../src/interfaces/IDatasetRegistry.sol";
import {IHolderRoyalty} from "../src/interfaces/IHolderRoyalty.sol";
import {Assertions} from "./utils/Assertions.sol";
import {vm} from "./utils/Vm.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

/// @title Datasets are tokens with versions that stay as they were published
contract DatasetRegistryTest is Assertions {
    address private constant HOSPITAL = address(0x405);
    address private constant OTHER = address(0xbad);
    DatasetRegistry private _datasets;

    function setUp() public {
        _datasets = new DatasetRegistry();
        vm.prank(HOSPITAL);
        assertEq(_datasets.publishDataset(_version("first")), 1, "ids count up");
    }

    function test_publishes() public {
        vm.expectEmit(address(_datasets));
        emit IDatasetRegistry.DatasetPublished(2, 1, keccak256("mine"), keccak256("licence"), "mine");
        vm.prank(OTHER);
        assertEq(_datasets.publishDataset(_version("mine")), 2, "ids count up");
        assertEq(_datasets.ownerOf(2), OTHER, "a token");
        assertEq(_datasets.datasetCount(), 2, "count");
        assertEq(bytes(_datasets.tokenURI(2)), bytes("mine"), "uri");
    }

    function test_versionsStayAsTheyWere() public {
        vm.prank(HOSPITAL);
        assertEq(_datasets.publishVersion(1, _version("second")), 2, "versions count up");
        assertEq(_datasets.currentVersion(1), 2, "current");
        assertEq(_datasets.getVersion(1, 1).contentHash, keccak256("first"), "first");
        assertEq(_datasets.getVersion(1, 2).contentHash, keccak256("second"), "second");
        assertEq(bytes(_datasets.tokenURI(1)), bytes("second"), "of the current version");
    }

    function test_onlyTheHolderPublishesVersions() public {
        vm.expectRevert(abi.encodeWithSelector(IHolderRoyalty.NotHolder.selector, 1, OTHER));
        vm.prank(OTHER);
        _datasets.publishVersion(1, _version("second"));
        vm.prank(HOSPITAL);
        _datasets.transferFrom(HOSPITAL, OTHER, 1);
        vm.expectRevert(abi.encodeWithSelector(IHolderRoyalty.NotHolder.selector, 1, HOSPITAL));
        vm.prank(HOSPITAL);
        _datasets.publishVersion(1, _version("second"));
        vm.prank(OTHER);
        _datasets.publishVersion(1, _version("second"));
    }

    /// @dev Whoever copies a publication under way makes a token of its own, and stops nobody.
    function test_aCopiedPublicationLocksNobodyOut() public {
        IDatasetRegistry.DatasetVersion memory given = _version("under way");
        vm.prank(OTHER);
        uint256 copy = _datasets.publishDataset(given);
        vm.prank(HOSPITAL);
        uint256 own = _datasets.publishDataset(given);
        assertEq(_datasets.ownerOf(copy), OTHER, "the copier's");
        assertEq(_datasets.ownerOf(own), HOSPITAL, "the owner's");
    }

    function test_unknownVersionsAreNamed() public {
        vm.expectRevert(abi.encodeWithSelector(IDatasetRegistry.DatasetVersionNotFound.selector, 1, 2));
        _datasets.getVersion(1, 2);
        vm.expectRevert(abi.encodeWithSelector(IDatasetRegistry.DatasetVersionNotFound.selector, 9, 1));
        _datasets.getVersion(9, 1);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 9));
        _datasets.tokenURI(9);
        vm.expectRevert(IDatasetRegistry.EmptyContent.selector);
        _datasets.publishDataset(IDatasetRegistry.DatasetVersion(0, 0, ""));
    }

    function test_hasRoyaltiesAsModelsHave() public {
        assertTrue(_datasets.supportsInterface(0x2a55205a), "ERC-2981");
        assertTrue(_datasets.supportsInterface(0x80ac58cd), "ERC-721");
        vm.prank(HOSPITAL);
        _datasets.setRoyalty(1, HOSPITAL, 500);
        (address receiver, uint256 amount) = _datasets.royaltyInfo(1, 1 ether);
        assertEq(receiver, HOSPITAL, "receiver");
        assertEq(amount, 0.05 ether, "share");
        vm.expectRevert(abi.encodeWithSelector(IHolderRoyalty.NotHolder.selector, 1, OTHER));
        vm.prank(OTHER);
        _datasets.setRoyalty(1, OTHER, 500);
    }

    function _version(string memory text) private pure returns (IDatasetRegistry.DatasetVersion memory) {
        return IDatasetRegistry.DatasetVersion(keccak256(bytes(text)), keccak256("licence"), text);
    }
}
