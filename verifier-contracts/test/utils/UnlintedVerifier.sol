// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Groth16} from "../../src/libraries/Groth16.sol";
import {KeyLint} from "../../src/libraries/KeyLint.sol";
import {Words} from "../../src/libraries/Words.sol";

/// @title The verifier's arithmetic without the registry's lint: shows what bad keys would allow
contract UnlintedVerifier {
    function verify(bytes memory key, uint256[8] memory proof, uint256[] memory signals)
        external
        view
        returns (bool)
    {
        uint256 record = Words.allocate(8 + signals.length);
        for (uint256 i; i < 8; ++i) {
            Words.store(record + 32 * i, proof[i]);
        }
        for (uint256 i; i < signals.length; ++i) {
            Words.store(record + 256 + 32 * i, signals[i]);
        }
        return Groth16.verify(key, record, signals.length);
    }

    function lint(bytes memory key) external view {
        KeyLint.check(key);
    }
}
