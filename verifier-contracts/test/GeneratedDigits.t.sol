// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GeneratedDigits} from "../src/GeneratedDigits.sol";
import {IERC7007} from "../src/interfaces/IERC7007.sol";
import {IERC7007Enumerable} from "../src/interfaces/IERC7007Enumerable.sol";
import {IGeneratedDigits} from "../src/interfaces/IGeneratedDigits.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Generated} from "./utils/Generated.sol";
import {vm} from "./utils/Vm.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

/// @title A proven picture is minted once, to whom its proof names
contract GeneratedDigitsTest is Generated {
    function test_mintsAProvenPictureOfTheRealGenerator() public {
        Mint memory mint = mintAt(".real.mints[0]");
        claim(real, mint);
        assertTrue(verifies(real, mint), "verify");
        add(real, mint);
        assertEq(real.ownerOf(mint.tokenId), minter, "owner");
        assertEq(real.aigcData(mint.tokenId), mint.picture, "picture");
        assertEq(bytes(real.prompt(mint.tokenId)), mint.prompt, "prompt");
    }

    function test_mintsEachLatentOnItsOwnToken() public {
        for (uint256 i; i < 3; ++i) {
            Mint memory mint = mintAt(string.concat(".small.mints[", vm.toString(i), "]"));
            claim(small, mint);
            vm.expectEmit(address(small));
            emit IERC7007.AigcData(mint.tokenId, mint.prompt, mint.picture, mint.proof);
            add(small, mint);
            assertEq(small.ownerOf(mint.tokenId), minter, "owner");
            assertEq(small.aigcData(mint.tokenId), mint.picture, "picture");
            assertEq(bytes(small.prompt(mint.tokenId)), mint.prompt, "prompt");
            assertEq(small.tokenId(mint.prompt), mint.tokenId, "number");
        }
        assertEq(small.balanceOf(minter), 3, "tokens of the minter");
    }

    function test_claimsAreRecordedOnceAndUsedOnce() public {
        Mint memory mint = mintAt(".small.mints[0]");
        assertEq(small.claimIdOf(minter, mint.prompt, keccak256("salt of a fixture")), mint.claimId, "id");
        vm.expectEmit(address(small));
        emit IGeneratedDigits.PromptClaimed(mint.claimId, START);
        small.claim(mint.claimId);
        assertEq(small.claimedAt(mint.claimId), START, "recorded");
        pass(DELAY);
        vm.prank(rival);
        small.claim(mint.claimId); // again, by somebody else: it neither fails nor makes the claim younger
        assertEq(small.claimedAt(mint.claimId), START, "as before");
        add(small, mint);
        assertEq(small.claimedAt(mint.claimId), 0, "used");
    }

    function test_acceptsADeprecatedVersion() public {
        Mint memory mint = mintAt(".small.mints[0]");
        claim(small, mint);
        vm.prank(modelOwner);
        registry.setVersionStatus(SMALL_MODEL, 1, IModelRegistry.VersionStatus.Deprecated);
        assertTrue(verifies(small, mint), "verify");
        add(small, mint);
        assertEq(small.ownerOf(mint.tokenId), minter, "owner");
    }

    function test_keepsTokensWhenTheVersionIsRevoked() public {
        Mint memory mint = mintAt(".small.mints[0]");
        claim(small, mint);
        add(small, mint);
        vm.prank(modelOwner);
        registry.setVersionStatus(SMALL_MODEL, 1, IModelRegistry.VersionStatus.Revoked);
        assertFalse(verifies(small, mint), "nothing more is proven");
        assertEq(small.aigcData(mint.tokenId), mint.picture, "picture");
        assertTrue(bytes(small.tokenURI(mint.tokenId)).length > 0, "metadata");
    }

    function test_keepsToItsVersion() public {
        Mint memory mint = mintAt(".small.mints[0]");
        claim(small, mint);
        bytes memory otherKey = vm.parseJsonBytes(fixtures, ".small.otherKey");
        publishVersion(SMALL_MODEL, otherKey, 3);
        Mint memory other = mintAt(".small.otherModel");
        assertFalse(verifies(small, other), "proven under version 2");
        add(small, mint);
        assertEq(small.ownerOf(mint.tokenId), minter, "proven under version 1");
    }

    function test_namesTokensThatDoNotExist() public {
        bytes memory missing = abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 1);
        vm.expectRevert(missing);
        small.prompt(1);
        vm.expectRevert(missing);
        small.aigcData(1);
        vm.expectRevert(missing);
        small.tokenURI(1);
    }

    function test_identifiersAreThoseOfTheText() public view {
        assertEq(bytes32(type(IERC7007).interfaceId), bytes32(bytes4(0x702c55a6)), "IERC7007");
        assertEq(bytes32(type(IERC7007Enumerable).interfaceId), bytes32(bytes4(0xfa1a557a)), "IERC7007Enumerable");
        bytes32 topic = keccak256("AigcData(uint256,bytes,bytes,bytes)");
        assertEq(IERC7007.AigcData.selector, topic, "AigcData");
        bytes4[6] memory supported = [
            bytes4(0x702c55a6), // ERC-7007
            bytes4(0xfa1a557a), // its enumeration
            bytes4(0x80ac58cd), // ERC-721
            bytes4(0x5b5e139f), // its metadata
            bytes4(0x01ffc9a7), // ERC-165
            bytes4(0x3f37dce2) // ERC-7007's updates: content never changes
        ];
        for (uint256 i; i < 5; ++i) {
            assertTrue(small.supportsInterface(supported[i]), vm.toString(i));
        }
        assertFalse(small.supportsInterface(supported[5]), "updatable");
        assertFalse(small.supportsInterface(0xffffffff), "0xffffffff");
    }

    function test_refusesVersionsThatDoNotFit() public {
        _refusesDeployment(3, 1, 4); // no such model
        _refusesDeployment(SMALL_MODEL, 2, 4); // no such version
        _refusesDeployment(SMALL_MODEL, 1, 5); // 25 pixels take four words
        _refusesDeployment(REAL_MODEL, 1, 0);
        vm.prank(modelOwner);
        registry.setVersionStatus(SMALL_MODEL, 1, IModelRegistry.VersionStatus.Revoked);
        _refusesDeployment(SMALL_MODEL, 1, 4);
    }

    function _refusesDeployment(uint256 modelId, uint32 version, uint256 side) private {
        bytes memory reason = abi.encodeWithSelector(IGeneratedDigits.VersionUnfit.selector, modelId, version);
        assertDeploymentReverts("GeneratedDigits", abi.encode(verifier, modelId, version, side, DELAY), reason);
    }
}
