// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GreyPng} from "./GreyPng.sol";
import {Base64} from "solady/utils/Base64.sol";
import {LibString} from "solady/utils/LibString.sol";

/// @title Metadata of a generated picture, by the JSON schema of ERC-7007
/// @notice All of it is made on chain and stands in data URIs. `aigc_data` is the picture, pixel for pixel; `image`
///         shows it 20 times as wide, with sharp pixels.
/// @dev Every text here is fixed, a number, or hex digits: nothing of it needs escaping in JSON or XML.
library PictureMetadata {
    using LibString for uint256;

    uint256 private constant ENLARGED = 20;

    /// @notice What the metadata says of a token.
    struct Facts {
        string prompt;
        bytes picture;
        uint256 side;
        address registry;
        uint256 modelId;
        uint256 version;
    }

    /// @notice A data URI that holds the metadata.
    function uri(Facts memory facts) internal pure returns (string memory) {
        string memory png = _data("image/png", GreyPng.encode(facts.picture, facts.side));
        return _data(
            "application/json",
            abi.encodePacked(
                '{"name":"Generated digit ',
                facts.prompt,
                '","description":"',
                _description(facts),
                '","image":"',
                _data("image/svg+xml", _enlarge(png, facts.side)),
                '","prompt":"',
                facts.prompt,
                '","aigc_type":"image","aigc_data":"',
                png,
                '","proof_type":"validity"}'
            )
        );
    }

    function _description(Facts memory facts) private pure returns (bytes memory) {
        return abi.encodePacked(
            "Made from its prompt by version ",
            facts.version.toString(),
            " of model ",
            facts.modelId.toString(),
            " in registry ",
            LibString.toHexStringChecksummed(facts.registry),
            ", as a Groth16 proof has shown."
        );
    }

    function _enlarge(string memory png, uint256 side) private pure returns (bytes memory) {
        string memory width = side.toString();
        string memory shown = (side * ENLARGED).toString();
        return abi.encodePacked(
            '<svg xmlns="http://www.w3.org/2000/svg" width="',
            shown,
            '" height="',
            shown,
            '" viewBox="0 0 ',
            width,
            " ",
            width,
            '"><image width="',
            width,
            '" height="',
            width,
            '" style="image-rendering:pixelated" href="',
            png,
            '"/></svg>'
        );
    }

    function _data(string memory mime, bytes memory content) private pure returns (string memory) {
        return string.concat("data:", mime, ";base64,", Base64.encode(content));
    }
}
