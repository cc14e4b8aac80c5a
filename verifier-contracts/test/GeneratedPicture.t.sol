// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GreyPng} from "../src/libraries/GreyPng.sol";
import {LatentPrompt} from "../src/libraries/LatentPrompt.sol";
import {PackedOutputs} from "../src/libraries/PackedOutputs.sol";
import {PictureStatement} from "../src/libraries/PictureStatement.sol";
import {Generated} from "./utils/Generated.sol";
import {vm} from "./utils/Vm.sol";
import {Base64} from "solady/utils/Base64.sol";
import {LibString} from "solady/utils/LibString.sol";

/// @title Latents, pictures and metadata say the same in every form
contract GeneratedPictureTest is Generated {
    function testFuzz_latentsHaveOneText(uint64 latent) public view {
        string memory text = LatentPrompt.format(latent);
        assertEq(bytes(text).length, 16, "length");
        (bool valid, uint64 parsed) = this.parse(bytes(text));
        assertTrue(valid, "valid");
        assertEq(parsed, latent, "latent");
    }

    function testFuzz_whatIsReadIsTheTextOfALatent(bytes memory text) public view {
        (bool valid, uint64 latent) = this.parse(text);
        if (valid) assertEq(bytes(LatentPrompt.format(latent)), text, "text");
    }

    function test_onlyHexDigitsOfLowerCaseAreRead() public view {
        for (uint256 i; i < 256; ++i) {
            bytes memory text = bytes("0000000000000000");
            text[5] = bytes1(uint8(i));
            bool expected = (i >= 0x30 && i <= 0x39) || (i >= 0x61 && i <= 0x66);
            (bool valid,) = this.parse(text);
            assertTrue(valid == expected, vm.toString(i));
        }
    }

    function testFuzz_statementsHoldEachPixelInItsLane(uint64 latent, bytes calldata picture) public view {
        vm.assume(picture.length > 0);
        if (picture.length > 1024) picture = picture[:1024]; // each look at a lane costs the whole statement
        uint256[] memory statement = PictureStatement.make(latent, picture);
        assertEq(statement.length, 1 + (picture.length + 6) / 7, "words");
        assertEq(statement[0], latent, "latent");
        for (uint256 k; k < (statement.length - 1) * 7; ++k) {
            uint256 expected = k < picture.length ? uint8(picture[k]) : 0;
            assertEq(uint256(int256(this.lane(statement, k))), expected, "pixel");
        }
    }

    /// @dev The expected bytes are those of Node's zlib.
    function test_picturesArePng() public pure {
        assertEq(
            GreyPng.encode(hex"000102" hex"7f8081" hex"fdfeff", 3),
            hex"89504e470d0a1a0a0000000d49484452000000030000000308000000007343ea63"
            hex"00000017494441547801010c00f3ff00000102007f808100fdfeff0f18047e62e1367a" hex"0000000049454e44ae426082",
            "3 x 3"
        );
        bytes memory pixels = new bytes(784);
        for (uint256 k; k < 784; ++k) {
            pixels[k] = bytes1(uint8(k * 37));
        }
        bytes memory png = GreyPng.encode(pixels, 28);
        assertEq(png.length, 880, "length");
        assertEq(keccak256(png), 0x8a9ef5065ca8046cfdf0db7f117efe6e125c3e0856fbd88a63d31465b3375c0b, "28 x 28");
    }

    function test_metadataFollowsTheSchema() public {
        Mint memory mint = mintAt(".real.mints[0]");
        claim(real, mint);
        add(real, mint);
        string memory json = string(_content(real.tokenURI(mint.tokenId), "data:application/json;base64,"));
        assertEq(_field(json, ".name"), bytes.concat("Generated digit ", mint.prompt), "name");
        assertEq(
            _field(json, ".description"),
            abi.encodePacked(
                "Made from its prompt by version 1 of model 2 in registry ",
                LibString.toHexStringChecksummed(address(registry)),
                ", as a Groth16 proof has shown."
            ),
            "description"
        );
        assertEq(_field(json, ".prompt"), mint.prompt, "prompt");
        assertEq(_field(json, ".aigc_type"), "image", "aigc_type");
        assertEq(_field(json, ".proof_type"), "validity", "proof_type");
        bytes memory png = _field(json, ".aigc_data");
        assertEq(_content(string(png), "data:image/png;base64,"), GreyPng.encode(mint.picture, 28), "picture");
        bytes memory svg = _content(string(_field(json, ".image")), "data:image/svg+xml;base64,");
        assertEq(
            svg,
            bytes.concat(
                '<svg xmlns="http://www.w3.org/2000/svg" width="560" height="560" viewBox="0 0 28 28">'
                '<image width="28" height="28" style="image-rendering:pixelated" href="',
                png,
                '"/></svg>'
            ),
            "image"
        );
    }

    function parse(bytes calldata text) external pure returns (bool, uint64) {
        return LatentPrompt.parse(text);
    }

    function lane(uint256[] calldata statement, uint256 k) external pure returns (int32) {
        return PackedOutputs.lane(statement, 1, k);
    }

    function _field(string memory json, string memory key) private pure returns (bytes memory) {
        return bytes(vm.parseJsonString(json, key));
    }

    function _content(string memory uri, string memory head) private pure returns (bytes memory) {
        assertTrue(LibString.startsWith(uri, head), head);
        return Base64.decode(LibString.slice(uri, bytes(head).length));
    }
}
