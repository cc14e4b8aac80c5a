// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERCZKMLRegistry} from "../src/interfaces/IERCZKMLRegistry.sol";
import {IHolderRoyalty} from "../src/interfaces/IHolderRoyalty.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {ERC7992Errors} from "../src/libraries/ERC7992Errors.sol";
import {Deployed} from "./utils/Deployed.sol";
import {vm} from "./utils/Vm.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title Registration, versions, status and ownership
contract ModelRegistryTest is Deployed {
    function test_registersAsTheStandardSays() public {
        IERCZKMLRegistry.ModelCommitment memory commitment = commitmentTo(modelKey);
        vm.expectEmit(address(registry));
        emit IERCZKMLRegistry.ModelRegistered(3, consumer, commitment);
        vm.prank(consumer);
        uint256 modelId = registry.registerModel(commitment);
        assertEq(modelId, 3, "ids count up");
        assertEq(registry.modelCount(), 3, "count");
        assertEq(registry.ownerOf(modelId), consumer, "an ERC-721 token");
        assertEq(bytes(registry.tokenURI(modelId)), bytes("ipfs://model"), "uri");
        (IERCZKMLRegistry.ModelCommitment memory stored, bool deprecated, address owner) = registry.getModel(modelId);
        assertEq(abi.encode(stored), abi.encode(commitment), "commitment");
        assertFalse(deprecated, "active");
        assertEq(owner, consumer, "owner");
        IModelRegistry.VersionInfo memory info = registry.infoOf(modelId, 1);
        assertEq(info.inputSignals, 1, "one commitment");
        assertEq(info.outputSignals, 2, "the rest");
        assertEq(uint256(info.setup), uint256(IModelRegistry.SetupKind.Development), "nothing claimed");
    }

    function test_registrationNeedsAPublishedKey() public {
        IERCZKMLRegistry.ModelCommitment memory commitment = commitmentTo(untouchedKey);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.KeyNotPublished.selector, commitment.vkHash));
        registry.registerModel(commitment);
    }

    function test_registrationChecksTheCommitment() public {
        IERCZKMLRegistry.ModelCommitment memory commitment = commitmentTo(modelKey);
        commitment.modelHash = 0;
        vm.expectRevert(IModelRegistry.EmptyCommitment.selector);
        registry.registerModel(commitment);
        commitment = commitmentTo(modelKey);
        commitment.circuitHash = 0;
        vm.expectRevert(IModelRegistry.EmptyCommitment.selector);
        registry.registerModel(commitment);
        commitment = commitmentTo(modelKey);
        commitment.proofSystemId = 0x12345678;
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnsupportedProofSystem.selector, bytes4(0x12345678)));
        registry.registerModel(commitment);
    }

    function test_theKeyMustBeTheOneCommittedTo() public {
        IERCZKMLRegistry.ModelCommitment memory commitment = commitmentTo(modelKey);
        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.KeyHashMismatch.selector, keccak256(modelKey), keccak256(otherKey))
        );
        registry.publishModel(commitment, developmentTerms(), otherKey);
    }

    function test_termsMustAddUpToTheKeysSignals() public {
        uint16[2][5] memory layouts =
            [[uint16(1), 1], [uint16(2), 2], [uint16(0), 3], [uint16(3), 0], [type(uint16).max, type(uint16).max]];
        for (uint256 i; i < layouts.length; ++i) {
            IModelRegistry.VersionTerms memory terms = developmentTerms();
            (terms.inputSignals, terms.outputSignals) = (layouts[i][0], layouts[i][1]);
            uint256 sum = uint256(layouts[i][0]) + layouts[i][1] + 1;
            IERCZKMLRegistry.ModelCommitment memory commitment = commitmentTo(modelKey);
            vm.expectRevert(abi.encodeWithSelector(IModelRegistry.KeySignalCountMismatch.selector, sum, 4));
            registry.publishModel(commitment, terms, modelKey);
        }
    }

    function test_developmentKeysAreNeverProduction() public {
        IModelRegistry.VersionTerms memory terms = developmentTerms();
        terms.setup = IModelRegistry.SetupKind.Production;
        IERCZKMLRegistry.ModelCommitment memory commitment = commitmentTo(modelKey);
        vm.prank(deployer);
        vm.expectRevert(IModelRegistry.TranscriptMismatch.selector);
        registry.publishModel(commitment, terms, "");
        terms.transcriptHash = keccak256("transcript");
        vm.prank(deployer);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.DevelopmentKey.selector, commitment.vkHash));
        registry.publishModel(commitment, terms, "");
        vm.prank(deployer);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.DevelopmentKey.selector, commitment.vkHash));
        registry.publishVersion(MODEL, commitment, terms, "");
    }

    /// @dev Another account's word about a key binds nobody: else anyone could spoil a ceremony's key.
    function test_productionIsTheOwnWordOfItsPublisher() public {
        IModelRegistry.VersionTerms memory terms = developmentTerms();
        terms.setup = IModelRegistry.SetupKind.Production;
        terms.transcriptHash = keccak256("transcript");
        IERCZKMLRegistry.ModelCommitment memory commitment = commitmentTo(modelKey);
        vm.prank(consumer);
        uint256 modelId = registry.publishModel(commitment, terms, "");
        (, IModelRegistry.VersionInfo memory info, bytes32 transcript) = registry.getVersion(modelId, 1);
        assertEq(uint256(info.setup), uint256(IModelRegistry.SetupKind.Production), "as declared");
        assertEq(transcript, keccak256("transcript"), "transcript");
        terms = developmentTerms();
        terms.transcriptHash = keccak256("transcript");
        vm.prank(consumer);
        vm.expectRevert(IModelRegistry.TranscriptMismatch.selector);
        registry.publishVersion(modelId, commitment, terms, "");
    }

    function test_newVersionsLeaveOldOnesAlone() public {
        IERCZKMLRegistry.ModelCommitment memory old = commitmentTo(modelKey);
        IERCZKMLRegistry.ModelCommitment memory next = commitmentTo(otherKey);
        next.uri = "ipfs://second";
        vm.expectEmit(address(registry));
        emit IERCZKMLRegistry.ModelUpdated(MODEL, old, next);
        vm.prank(deployer);
        assertEq(registry.publishVersion(MODEL, next, developmentTerms(), otherKey), 2, "version");
        assertEq(registry.currentVersion(MODEL), 2, "current");
        (IERCZKMLRegistry.ModelCommitment memory current,,) = registry.getModel(MODEL);
        assertEq(current.vkHash, keccak256(otherKey), "current commitment");
        (IERCZKMLRegistry.ModelCommitment memory first, IModelRegistry.VersionInfo memory info,) =
            registry.getVersion(MODEL, 1);
        assertEq(abi.encode(first), abi.encode(old), "first commitment");
        assertEq(uint256(info.status), uint256(IModelRegistry.VersionStatus.Active), "first status");
        assertEq(bytes(registry.tokenURI(MODEL)), bytes("ipfs://second"), "uri");
    }

    function test_onlyTheOwnerChangesAModel() public {
        IERCZKMLRegistry.ModelCommitment memory commitment = commitmentTo(modelKey);
        bytes memory refusal = abi.encodeWithSelector(IERCZKMLRegistry.NotModelOwner.selector, MODEL, address(this));
        vm.expectRevert(refusal);
        registry.updateModel(MODEL, commitment);
        vm.expectRevert(refusal);
        registry.publishVersion(MODEL, commitment, developmentTerms(), "");
        vm.expectRevert(refusal);
        registry.deprecateModel(MODEL);
        vm.expectRevert(refusal);
        registry.setVersionStatus(MODEL, 1, IModelRegistry.VersionStatus.Revoked);
        vm.expectRevert(abi.encodeWithSelector(IERCZKMLRegistry.ModelNotFound.selector, 99));
        registry.deprecateModel(99);
    }

    function test_ownershipGoesWithTheToken() public {
        vm.prank(deployer);
        registry.transferFrom(deployer, consumer, MODEL);
        vm.prank(consumer);
        registry.deprecateModel(MODEL);
        vm.prank(deployer);
        vm.expectRevert(abi.encodeWithSelector(IERCZKMLRegistry.NotModelOwner.selector, MODEL, deployer));
        registry.setVersionStatus(MODEL, 1, IModelRegistry.VersionStatus.Revoked);
    }

    function test_deprecatesTheCurrentVersion() public {
        vm.expectEmit(address(registry));
        emit IERCZKMLRegistry.ModelDeprecated(MODEL);
        vm.prank(deployer);
        registry.deprecateModel(MODEL);
        (, bool deprecated,) = registry.getModel(MODEL);
        assertTrue(deprecated, "deprecated");
        vm.prank(deployer);
        vm.expectRevert(abi.encodeWithSelector(ERC7992Errors.ModelDeprecated.selector, MODEL));
        registry.deprecateModel(MODEL);
        IERCZKMLRegistry.ModelCommitment memory commitment = commitmentTo(otherKey);
        vm.prank(deployer);
        registry.updateModel(MODEL, commitment);
        (, deprecated,) = registry.getModel(MODEL);
        assertFalse(deprecated, "a new version is a new start");
    }

    function testFuzz_statusOnlyGoesForward(uint8[6] memory steps) public {
        uint8 current = uint8(IModelRegistry.VersionStatus.Active);
        for (uint256 i; i < steps.length; ++i) {
            uint8 next = steps[i] % 4;
            vm.prank(deployer);
            if (next <= current) {
                vm.expectRevert(abi.encodeWithSelector(IModelRegistry.StatusNotForward.selector, current, next));
            } else {
                current = next;
            }
            registry.setVersionStatus(MODEL, 1, IModelRegistry.VersionStatus(next));
            assertEq(uint256(registry.infoOf(MODEL, 1).status), current, "status");
        }
    }

    function test_unknownModelsAndVersionsAreNamed() public {
        assertEq(uint256(registry.infoOf(99, 1).status), 0, "infoOf does not revert");
        assertEq(registry.currentVersion(99), 0, "no version");
        vm.expectRevert(abi.encodeWithSelector(IERCZKMLRegistry.ModelNotFound.selector, 99));
        registry.getModel(99);
        vm.expectRevert(abi.encodeWithSelector(IERCZKMLRegistry.ModelNotFound.selector, 99));
        registry.tokenURI(99);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.VersionNotFound.selector, MODEL, uint32(2)));
        registry.getVersion(MODEL, 2);
        vm.prank(deployer);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.VersionNotFound.selector, MODEL, uint32(2)));
        registry.setVersionStatus(MODEL, 2, IModelRegistry.VersionStatus.Revoked);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.KeyNotPublished.selector, bytes32(0)));
        registry.keyBytes(0);
    }

    function test_announcesItsInterfaces() public view {
        bytes4 standard = bytes4(keccak256("registerModel((bytes32,bytes32,bytes32,bytes4,string))"))
            ^ bytes4(keccak256("updateModel(uint256,(bytes32,bytes32,bytes32,bytes4,string))"))
            ^ bytes4(keccak256("deprecateModel(uint256)")) ^ bytes4(keccak256("getModel(uint256)"));
        assertEq(bytes32(type(IERCZKMLRegistry).interfaceId), bytes32(standard), "interface id of the ERC");
        assertTrue(registry.supportsInterface(standard), "registry");
        assertTrue(registry.supportsInterface(type(IERC721).interfaceId), "ERC-721");
        assertTrue(registry.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        assertFalse(registry.supportsInterface(0xffffffff), "nothing else");
    }

    /// @dev The draft's error and event of one name keep selector and topic.
    function test_sharedNameKeepsSelectorAndTopic() public pure {
        bytes32 hash = keccak256("ModelDeprecated(uint256)");
        assertEq(bytes32(ERC7992Errors.ModelDeprecated.selector), bytes32(bytes4(hash)), "selector");
        assertEq(IERCZKMLRegistry.ModelDeprecated.selector, hash, "topic");
    }

    function test_theHolderSetsTheRoyalty() public {
        vm.expectEmit(address(registry));
        emit IHolderRoyalty.RoyaltySet(MODEL, consumer, 750);
        vm.prank(deployer);
        registry.setRoyalty(MODEL, consumer, 750);
        (address receiver, uint256 amount) = registry.royaltyInfo(MODEL, 1 ether);
        assertEq(receiver, consumer, "receiver");
        assertEq(amount, 0.075 ether, "share");
        (, amount) = registry.royaltyInfo(OTHER_MODEL, 1 ether);
        assertEq(amount, 0, "of this model alone");
        vm.prank(deployer);
        registry.setRoyalty(MODEL, address(0), 750);
        (receiver, amount) = registry.royaltyInfo(MODEL, 1 ether);
        assertEq(amount, 0, "no receiver, no royalty");
    }

    function test_nobodyElseSetsTheRoyalty() public {
        vm.expectRevert(abi.encodeWithSelector(IHolderRoyalty.NotHolder.selector, MODEL, consumer));
        vm.prank(consumer);
        registry.setRoyalty(MODEL, consumer, 1);
        vm.expectRevert(abi.encodeWithSelector(IHolderRoyalty.NotHolder.selector, 99, deployer));
        vm.prank(deployer);
        registry.setRoyalty(99, deployer, 1);
    }

    function test_aRoyaltyIsAtMostHalf() public {
        vm.startPrank(deployer);
        registry.setRoyalty(MODEL, consumer, 5000);
        vm.expectRevert(abi.encodeWithSelector(IHolderRoyalty.RoyaltyTooHigh.selector, 5001, 5000));
        registry.setRoyalty(MODEL, consumer, 5001);
        vm.stopPrank();
    }

    function test_theRoyaltyStaysUntilTheNewHolderSetsIt() public {
        vm.startPrank(deployer);
        registry.setRoyalty(MODEL, deployer, 100);
        registry.transferFrom(deployer, consumer, MODEL);
        vm.expectRevert(abi.encodeWithSelector(IHolderRoyalty.NotHolder.selector, MODEL, deployer));
        registry.setRoyalty(MODEL, deployer, 200);
        vm.stopPrank();
        (address receiver,) = registry.royaltyInfo(MODEL, 1 ether);
        assertEq(receiver, deployer, "as it was");
        vm.prank(consumer);
        registry.setRoyalty(MODEL, consumer, 200);
        (receiver,) = registry.royaltyInfo(MODEL, 1 ether);
        assertEq(receiver, consumer, "the new holder's");
    }

    function test_royaltiesAreThoseOfTheStandard() public view {
        assertTrue(type(IERC2981).interfaceId == 0x2a55205a, "the ERC's text");
        assertTrue(registry.supportsInterface(0x2a55205a), "ERC-2981");
        assertTrue(registry.supportsInterface(0x80ac58cd), "ERC-721");
        assertTrue(registry.supportsInterface(0x01ffc9a7), "ERC-165");
        assertFalse(registry.supportsInterface(0xffffffff), "nothing");
    }
}
