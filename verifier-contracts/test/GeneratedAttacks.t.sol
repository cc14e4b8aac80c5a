// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GeneratedDigits} from "../src/GeneratedDigits.sol";
import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IGeneratedDigits} from "../src/interfaces/IGeneratedDigits.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Generated} from "./utils/Generated.sol";
import {GreedyMinter} from "./utils/GreedyMinter.sol";
import {vm} from "./utils/Vm.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

/// @title Whoever did not prove a picture for a claim of his own gets no token
contract GeneratedAttacksTest is Generated {
    bytes4 private constant INVALID_PROOF = IERCZKMLVerifier.InvalidProof.selector;

    Mint private _honest;

    function setUp() public override {
        super.setUp();
        _honest = mintAt(".small.mints[0]");
        claim(small, _honest);
    }

    function test_copiedCalldataMintsToTheProver() public {
        vm.prank(rival);
        add(small, _honest);
        assertEq(small.ownerOf(_honest.tokenId), minter, "owner");
        assertEq(small.balanceOf(rival), 0, "tokens of the copier");
    }

    function test_replayIsRefused() public {
        add(small, _honest);
        bytes memory refusal = abi.encodeWithSelector(IGeneratedDigits.PromptTaken.selector, _honest.tokenId);
        vm.expectRevert(refusal);
        add(small, _honest);
        small.claim(_honest.claimId); // a used claim may be made again, and serves nothing
        pass(DELAY);
        vm.expectRevert(refusal);
        add(small, _honest);
        Mint memory again = mintAt(".small.rerandomised");
        vm.expectRevert(refusal);
        add(small, again);
    }

    function test_rerandomisedProofMintsToTheProver() public {
        Mint memory again = mintAt(".small.rerandomised");
        assertTrue(keccak256(again.proof) != keccak256(_honest.proof), "other points");
        vm.prank(rival);
        add(small, again);
        assertEq(small.ownerOf(again.tokenId), minter, "owner");
    }

    function test_otherMinterInTheProofIsRefused() public {
        Mint memory stolen = _withWord(_honest, 256, uint160(rival));
        _expectMissing(rival, stolen);
        add(small, stolen);
        claim(small, _claimed(rival, stolen));
        assertFalse(verifies(small, stolen), "verify");
        vm.expectRevert(INVALID_PROOF);
        add(small, stolen);
    }

    function test_frontRunnerWithAProofOfHisOwnIsTooYoung() public {
        // The mint is pending, so the prompt is known: the rival proves it for himself, and claims it.
        Mint memory late = mintAt(".small.rival");
        assertTrue(verifies(small, late), "a good proof");
        _expectMissing(rival, late);
        add(small, late);
        small.claim(late.claimId);
        vm.expectRevert(abi.encodeWithSelector(IGeneratedDigits.ClaimTooYoung.selector, late.claimId, time + DELAY));
        add(small, late);
        pass(DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(IGeneratedDigits.ClaimTooYoung.selector, late.claimId, time + 1));
        add(small, late);
        add(small, _honest);
        pass(1);
        vm.expectRevert(abi.encodeWithSelector(IGeneratedDigits.PromptTaken.selector, late.tokenId));
        add(small, late);
    }

    function test_mintWithoutClaimIsRefused() public {
        Mint memory unclaimed = mintAt(".small.mints[1]");
        _expectMissing(minter, unclaimed);
        add(small, unclaimed);
    }

    function test_otherChainIsRefused() public {
        Mint memory foreign = mintAt(".small.otherChain");
        assertEq(foreign.claimId, _honest.claimId, "the same claim");
        assertFalse(verifies(small, foreign), "verify");
        vm.expectRevert(INVALID_PROOF);
        add(small, foreign);
        vm.chainId(1);
        assertFalse(verifies(small, _honest), "the other way round");
        vm.expectRevert(INVALID_PROOF);
        add(small, _honest);
    }

    function test_otherContractIsRefused() public {
        Mint memory foreign = mintAt(".small.otherContract");
        assertFalse(verifies(small, foreign), "verify");
        vm.expectRevert(INVALID_PROOF);
        add(small, foreign);
        GeneratedDigits twin = new GeneratedDigits(verifier, SMALL_MODEL, 1, 4, DELAY);
        claim(twin, _honest);
        vm.expectRevert(INVALID_PROOF);
        add(twin, _honest);
    }

    function test_otherModelIsRefused() public {
        Mint memory foreign = mintAt(".small.otherModel");
        assertFalse(verifies(small, foreign), "verify");
        vm.expectRevert(INVALID_PROOF);
        add(small, foreign);
    }

    function test_revokedVersionIsRefused() public {
        vm.prank(modelOwner);
        registry.setVersionStatus(SMALL_MODEL, 1, IModelRegistry.VersionStatus.Revoked);
        assertFalse(verifies(small, _honest), "verify");
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceVerifier.VersionRefused_Revoked.selector, SMALL_MODEL, uint32(1))
        );
        add(small, _honest);
    }

    function test_pictureThatIsNotTheProvenOneIsRefused() public {
        for (uint256 pixel; pixel < 16; ++pixel) {
            Mint memory forged = _copy(_honest);
            forged.picture[pixel] ^= 0x01;
            assertFalse(verifies(small, forged), "verify");
            vm.expectRevert(INVALID_PROOF);
            add(small, forged);
        }
    }

    function test_pictureOfAnotherLengthIsRefused() public {
        // 21 pixels fill the same three words as 16: the ones too many would be a second way to write the picture.
        uint256[4] memory lengths = [uint256(0), 15, 17, 21];
        for (uint256 i; i < lengths.length; ++i) {
            Mint memory forged = _copy(_honest);
            forged.picture = new bytes(lengths[i]);
            for (uint256 k; k < 16 && k < lengths[i]; ++k) {
                forged.picture[k] = _honest.picture[k];
            }
            assertFalse(verifies(small, forged), "verify");
            vm.expectRevert(abi.encodeWithSelector(IGeneratedDigits.PictureLengthWrong.selector, 16, lengths[i]));
            add(small, forged);
        }
    }

    function test_promptOfAnotherLatentIsRefused() public {
        Mint memory other = mintAt(".small.mints[1]");
        Mint memory forged = _copy(_honest);
        (forged.prompt, forged.tokenId) = (other.prompt, other.tokenId);
        claim(small, _claimed(minter, forged));
        assertFalse(verifies(small, forged), "verify");
        vm.expectRevert(INVALID_PROOF);
        add(small, forged);
    }

    function test_latentInAnotherEncodingIsRefused() public {
        // fixture: 00017f80feffabcd
        bytes[6] memory prompts = [
            bytes("00017F80FEFFABCD"),
            bytes("0x00017f80feffabcd"),
            bytes("00017f80feffabc"),
            bytes("00017f80feffabcd "),
            bytes("00017f80feffabcg"),
            abi.encodePacked(bytes8(0x00017f80feffabcd))
        ];
        assertEq(_honest.prompt, bytes("00017f80feffabcd"), "fixture");
        for (uint256 i; i < prompts.length; ++i) {
            Mint memory twin = _copy(_honest);
            twin.prompt = prompts[i];
            twin.tokenId = uint256(keccak256(twin.prompt));
            claim(small, _claimed(minter, twin));
            assertFalse(verifies(small, twin), "verify");
            vm.expectRevert(IGeneratedDigits.PromptMalformed.selector);
            add(small, twin);
        }
    }

    function test_tokenThatIsNotThePromptsIsRefused() public {
        Mint memory forged = _copy(_honest);
        forged.tokenId = 7;
        vm.expectRevert(
            abi.encodeWithSelector(IGeneratedDigits.TokenIdWrong.selector, _honest.tokenId, forged.tokenId)
        );
        add(small, forged);
    }

    function test_malformedProofsAreRefused() public {
        _refusesProof(bytes(""));
        _refusesProof(bytes.concat(_honest.proof, bytes1(0)));
        bytes memory short = _copy(_honest).proof;
        assembly {
            mstore(short, 319)
        }
        _refusesProof(short);
        _refusesProof(_withWord(_honest, 256, 0).proof); // no minter
        _refusesProof(_withWord(_honest, 256, uint256(uint160(minter)) | (1 << 160)).proof); // a second encoding
    }

    function test_changedPointsAreRefused() public {
        for (uint256 offset; offset < 256; offset += 32) {
            Mint memory forged = _copy(_honest);
            forged.proof[offset + 31] ^= 0x01;
            assertFalse(verifies(small, forged), "verify");
            vm.expectRevert(INVALID_PROOF);
            add(small, forged);
        }
    }

    function test_reentrantReceiverGetsNothingTwice() public {
        GreedyMinter greedy = _greedy();
        Mint memory first = mintAt(".small.receiver[0]");
        Mint memory second = mintAt(".small.receiver[1]");
        claim(small, first);
        claim(small, second);
        greedy.send(abi.encodeCall(small.addAigcData, (first.tokenId, first.prompt, first.picture, first.proof)));
        greedy.send(abi.encodeCall(small.addAigcData, (second.tokenId, second.prompt, second.picture, second.proof)));
        add(small, first);
        assertEq(small.ownerOf(first.tokenId), address(greedy), "owner");
        assertFalse(greedy.accepted(0), "the same mint from within");
        assertEq(
            greedy.answers(0),
            abi.encodeWithSelector(IGeneratedDigits.PromptTaken.selector, first.tokenId),
            "all is settled before the call"
        );
        add(small, second); // its own second picture is its good right, from outside or within
        assertEq(small.balanceOf(address(greedy)), 2, "tokens");
        assertFalse(greedy.accepted(1), "the second mint from within itself");
    }

    function test_refusingReceiverLosesNothing() public {
        GreedyMinter greedy = _greedy();
        Mint memory mint = mintAt(".small.receiver[0]");
        claim(small, mint);
        greedy.refuse(true);
        vm.expectRevert(bytes("refused"));
        add(small, mint);
        assertEq(small.claimedAt(mint.claimId), time - DELAY, "the claim stands");
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, mint.tokenId));
        small.ownerOf(mint.tokenId);
        greedy.refuse(false);
        add(small, mint);
        assertEq(small.ownerOf(mint.tokenId), address(greedy), "owner");
    }

    function _greedy() private returns (GreedyMinter greedy) {
        startDeployment(4);
        greedy = new GreedyMinter(small);
        vm.stopPrank();
        assertEq(address(greedy), vm.parseJsonAddress(fixtures, ".receiver"), "receiver's address");
    }

    function _refusesProof(bytes memory proof) private {
        Mint memory forged = _copy(_honest);
        forged.proof = proof;
        assertFalse(verifies(small, forged), "verify");
        vm.expectRevert(IGeneratedDigits.ProofMalformed.selector);
        add(small, forged);
    }

    function _expectMissing(address to, Mint memory mint) private {
        vm.expectRevert(abi.encodeWithSelector(IGeneratedDigits.ClaimMissing.selector, _claimed(to, mint).claimId));
    }

    /// @dev The same mint with the claim that somebody would need for it.
    function _claimed(address to, Mint memory mint) private view returns (Mint memory claimed) {
        claimed = _copy(mint);
        claimed.claimId = small.claimIdOf(to, mint.prompt, keccak256("salt of a fixture"));
    }

    function _copy(Mint memory mint) private pure returns (Mint memory) {
        return Mint(
            mint.tokenId,
            bytes.concat(mint.prompt),
            bytes.concat(mint.picture),
            bytes.concat(mint.proof),
            mint.claimId
        );
    }

    function _withWord(Mint memory mint, uint256 offset, uint256 value) private pure returns (Mint memory changed) {
        changed = _copy(mint);
        bytes memory proof = changed.proof;
        assembly {
            mstore(add(add(proof, 32), offset), value)
        }
    }
}
